# The cells of a CSV as typed columns, with what base R has.

# The names of the columns. A name may hold commas, quotes and line feeds.
read_header <- function(path) {
  file <- open_csv(path)
  on.exit(close(file))
  header <- scan(file, "", nlines = 1, sep = ",", quote = "\"", quiet = TRUE, na.strings = character(0), encoding = "UTF-8")
  sub("^\ufeff", "", header)
}

open_csv <- function(path) {
  force(path)
  # It tells of .gz by itself.
  file <- tryCatch(suppressWarnings(file(path, "rt")), error = function(problem) NULL)
  if (is.null(file)) stop(sprintf("cannot open %s: may this user read it?", path), call. = FALSE)
  file
}

# `classes`: for each column "numeric", "character", or "NULL" for one that nobody wants.
read_cells <- function(path, header, classes) {
  if (is_cut_off(path)) return(read_whole_rows(path, header, classes, "it ends without a line feed"))
  tryCatch(read_rows(path, header, classes), error = function(problem) {
    read_whole_rows(path, header, classes, conditionMessage(problem))
  })
}

# A copy that broke off ends anywhere, also within a number, which then is another one.
is_cut_off <- function(path) {
  file <- file(path, "rb", raw = TRUE)
  on.exit(close(file))
  is_packed <- identical(readBin(file, "raw", 2), as.raw(c(0x1f, 0x8b)))
  if (is_packed || file.size(path) == 0) return(FALSE)
  seek(file, file.size(path) - 1)
  !readBin(file, "raw", 1) %in% charToRaw("\r\n")
}

# `problem`: why not all of them are.
read_whole_rows <- function(path, header, classes, problem) {
  rows <- whole_rows(path, header)
  bad <- not_numbers(path, header, classes, rows)
  if (nrow(bad) > 0) stop(no_number(path, bad))
  if (rows < 0) stop(sprintf("cannot read %s: %s", path, problem), call. = FALSE)
  warning(sprintf("%s ends within row %d: it was left out", path, rows + 1L), call. = FALSE)
  read_rows(path, header, classes, rows)
}

# `rows`: so many, or all where it is negative.
read_rows <- function(path, header, classes, rows = -1L) {
  file <- open_csv(path)
  on.exit(close(file))
  skip_header(file)
  what <- lapply(classes, function(class) switch(class, numeric = 0, character = "", NULL))
  cells <- if (rows == 0) lapply(what, `[`, 0) else strictly(scan(file, what,
    nmax = rows, sep = ",", quote = "\"", quiet = TRUE, na.strings = "NA", multi.line = FALSE, encoding = "UTF-8"
  ))
  names(cells) <- header
  cells[classes != "NULL"]
}

# R warns where cells are missing or packed bytes damaged, and fills in what it likes.
strictly <- function(expression) {
  tryCatch(expression, warning = function(problem) stop(conditionMessage(problem), call. = FALSE))
}

# Not as many lines as it has: a name may go over several.
skip_header <- function(file) {
  scan(file, "", nlines = 1, sep = ",", quote = "\"", quiet = TRUE)
}

# How many rows stand before a last one that was cut off; -1 where all are whole.
whole_rows <- function(path, header) {
  cells <- cells_of_rows(path)
  wrong <- which(cells != length(header))
  if (length(wrong) == 0) return(if (is_cut_off(path)) length(cells) - 1L else -1L)
  at <- wrong[1]
  if (at == length(cells) && cells[at] < length(header)) return(at - 1L)
  stop(sprintf("cannot read %s: row %d has %d cells; expected %d, as in the header", path, at, cells[at], length(header)), call. = FALSE)
}

cells_of_rows <- function(path) {
  file <- open_csv(path)
  on.exit(close(file))
  skip_header(file)
  cells <- utils::count.fields(file, sep = ",", quote = "\"", comment.char = "")
  # Of a row of several lines, the last one tells.
  cells[!is.na(cells)]
}

# Numbers as pcprocess writes them; R itself would take `Inf`, `0x1f` and ` 1` for numbers, too.
NUMBER <- "^[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]{1,3})?$"

# Of each column that is to hold numbers, the first cell that is none.
not_numbers <- function(path, header, classes, rows = -1L) {
  texts <- read_rows(path, header, ifelse(classes == "numeric", "character", "NULL"), rows)
  first <- vapply(texts, function(cells) which(!is.na(cells) & cells != "" & !grepl(NUMBER, cells))[1], 1L)
  bad <- which(!is.na(first))
  cells <- vapply(bad, function(at) texts[[at]][first[at]], "")
  data.frame(column = names(texts)[bad], row = first[bad], cell = cells)
}

no_number <- function(path, bad) {
  message <- sprintf("cannot read %s: row %d of `%s` is `%s`; expected a number", path, bad$row[1], bad$column[1], substr(bad$cell[1], 1, 40))
  structure(class = c("no_number", "error", "condition"), list(message = message, call = NULL, columns = bad$column))
}
