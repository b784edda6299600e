# A JSON reader (RFC 8259) in base R. The text is cut at its quotes all at once, so that its time grows with its length:
# R is slow letter by letter, and quick with vectors. Objects become named lists, arrays lists, null NULL.

parse_json <- function(text) {
  tokens <- json_tokens(text)
  state <- new.env(parent = emptyenv())
  state$tokens <- tokens
  state$at <- 1L
  state$depth <- 0L
  value <- json_value(state)
  if (state$at <= length(tokens$kind)) json_stop(state, "the end of the text")
  value
}

read_json <- function(path) {
  bytes <- readBin(path, "raw", file.size(path))
  if (any(bytes == 0)) stop("a zero byte; expected text", call. = FALSE)
  text <- sub("^\ufeff", "", enc2utf8(`Encoding<-`(rawToChar(bytes), "UTF-8")))
  if (!validUTF8(text)) stop("bytes that are no UTF-8; expected text", call. = FALSE)
  parse_json(text)
}

# One row a token: `kind` is the punctuation itself, or "string" or "plain" (a number, true, false, null).
json_tokens <- function(text) {
  pieces <- json_pieces(text)
  is_string <- pieces$is_string
  tokens <- as.list(pieces$text)
  tokens[!is_string] <- json_words(pieces$text[!is_string])
  kind <- rep(ifelse(is_string, "string", "plain"), lengths(tokens))
  text <- as.character(unlist(tokens))
  is_mark <- kind == "plain" & text %in% c("{", "}", "[", "]", ":", ",")
  kind[is_mark] <- text[is_mark]
  text[kind == "string"] <- json_unescape(text[kind == "string"])
  list(kind = kind, text = text)
}

# What stands between quotes, and what does not, in turn. A quote behind an odd number of backslashes ends no string.
json_pieces <- function(text) {
  pieces <- strsplit(paste0(text, " "), "\"", fixed = TRUE)[[1]]
  backslashes <- attr(regexpr("\\\\*$", pieces, perl = TRUE), "match.length")
  is_escaped <- backslashes %% 2L == 1L
  segment <- cumsum(c(0L, !is_escaped[-length(pieces)]))
  if (any(is_escaped[segment %% 2L == 0L])) stop("a backslash outside of a string; expected JSON", call. = FALSE)
  if (segment[length(segment)] %% 2L == 1L) stop("a string without end; expected JSON", call. = FALSE)
  texts <- pieces[!duplicated(segment)]
  parted <- segment %in% segment[is_escaped]
  texts[unique(segment[parted]) + 1L] <- vapply(split(pieces[parted], segment[parted]), paste, "", collapse = "\"")
  list(text = texts, is_string = seq_along(texts) %% 2L == 0L)
}

JSON_WORD <- "[][{}:,]|-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![0-9A-Za-z.])|(?:true|false|null)(?![0-9A-Za-z])"

json_words <- function(all_pieces) {
  # There are many, and few that differ.
  pieces <- unique(all_pieces)
  rest <- gsub(paste0("[ \t\r\n]+|", JSON_WORD), "", pieces, perl = TRUE)
  if (any(nzchar(rest))) {
    stop(sprintf("`%s`; expected JSON", substr(rest[nzchar(rest)][1], 1, 40)), call. = FALSE)
  }
  regmatches(pieces, gregexpr(JSON_WORD, pieces, perl = TRUE))[match(all_pieces, pieces)]
}

json_unescape <- function(all_strings) {
  strings <- unique(all_strings)
  if (any(grepl("[\x01-\x1f]", strings, perl = TRUE))) {
    stop("a control character in a string; expected it to be escaped", call. = FALSE)
  }
  has_escape <- grepl("\\", strings, fixed = TRUE)
  unescaped <- strings
  unescaped[has_escape] <- vapply(strings[has_escape], json_unescape_one, "", USE.NAMES = FALSE)
  unescaped[match(all_strings, strings)]
}

JSON_ESCAPE <- "\\\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[\"\\\\/bfnrt])"

json_unescape_one <- function(string) {
  if (grepl("\\", gsub(JSON_ESCAPE, "", string, perl = TRUE), fixed = TRUE)) {
    stop(sprintf("the string `%s` with an unknown escape; expected JSON", substr(string, 1, 40)), call. = FALSE)
  }
  found <- gregexpr(JSON_ESCAPE, string, perl = TRUE)
  regmatches(string, found) <- list(vapply(regmatches(string, found)[[1]], json_character, ""))
  enc2utf8(string)
}

json_character <- function(escape) {
  letter <- substr(escape, 2, 2)
  if (letter != "u") return(chartr("bfnrt", "\b\f\n\r\t", letter))
  code <- strtoi(c(substr(escape, 3, 6), substr(escape, 9, 12)), 16L)
  if (!is.na(code[2])) return(intToUtf8(0x10000L + (code[1] - 0xD800L) * 0x400L + code[2] - 0xDC00L))
  # R's text holds neither a zero nor half of a pair.
  if (code[1] == 0L || code[1] %in% 0xD800:0xDFFF) return("\ufffd")
  intToUtf8(code[1])
}

json_value <- function(state) {
  kind <- json_kind(state)
  text <- state$tokens$text[state$at]
  state$at <- state$at + 1L
  switch(kind, string = text, plain = json_plain(text), "[" = json_array(state), "{" = json_object(state), {
    state$at <- state$at - 1L
    json_stop(state, "a value")
  })
}

json_plain <- function(text) {
  switch(text, true = TRUE, false = FALSE, null = NULL, as.numeric(text))
}

json_array <- function(state) {
  values <- json_list(state, "]", function() json_value(state))
  if (length(values) > 0) unname(values) else list()
}

json_object <- function(state) {
  keys <- character(0)
  values <- json_list(state, "}", function() {
    if (json_kind(state) != "string") json_stop(state, "a name")
    keys[length(keys) + 1L] <<- state$tokens$text[state$at]
    state$at <- state$at + 1L
    json_take(state, ":")
    json_value(state)
  })
  names(values) <- keys
  # Of a name that stands there twice, the last counts.
  values[!duplicated(keys, fromLast = TRUE)]
}

# Each level takes several of R's own, of which there are not many.
JSON_LEVELS <- 64L

json_list <- function(state, end, read_one) {
  values <- list()
  state$depth <- state$depth + 1L
  on.exit(state$depth <- state$depth - 1L)
  if (state$depth > JSON_LEVELS) {
    stop(sprintf("lists within lists beyond %d levels; expected fewer", JSON_LEVELS), call. = FALSE)
  }
  if (json_kind(state) == end) {
    state$at <- state$at + 1L
    return(values)
  }
  repeat {
    values[length(values) + 1L] <- list(read_one())
    if (json_kind(state) == end) break
    json_take(state, ",")
  }
  state$at <- state$at + 1L
  values
}

json_take <- function(state, kind) {
  if (json_kind(state) != kind) json_stop(state, sprintf("`%s`", kind))
  state$at <- state$at + 1L
}

json_kind <- function(state) {
  if (state$at > length(state$tokens$kind)) "" else state$tokens$kind[state$at]
}

json_stop <- function(state, expected) {
  got <- if (json_kind(state) == "") "the end of the text" else sprintf("`%s`", state$tokens$text[state$at])
  stop(sprintf("%s; expected %s", got, expected), call. = FALSE)
}
