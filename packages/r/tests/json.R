library(perfcollector)
source("support/fixture.R")
parse <- perfcollector:::parse_json

# Every kind of value, and nesting.
same(parse(" {\"a\":[1,-2.5e3,0,true,false,null],\"b\":{\"c\":{}},\"d\":[]} "), list(
  a = list(1, -2500, 0, TRUE, FALSE, NULL), b = list(c = structure(list(), names = character(0))), d = list()
))
stopifnot(is.null(parse("null")), length(parse("[null]")) == 1)

# Strings: escapes, quotes and brackets within, Unicode written out, escaped and as a pair.
same(parse("\"\""), "")
same(parse("\"a\\\"b\\\\\""), "a\"b\\")
same(parse("\"[{,:}] \\\\\\\" true\""), "[{,:}] \\\" true")
same(parse("\"\\b\\f\\n\\r\\t\\/\""), "\b\f\n\r\t/")
same(parse("\"\\u00e4\\ud83d\\ude00\u00e4\""), "\u00e4\U1f600\u00e4")
# What R's texts cannot hold does not end them.
same(parse("\"a\\u0000b\\ud800c\""), "a\ufffdb\ufffdc")
same(parse("{\"\\\"k\":1,\"k\":2,\"k\":3}"), list(`"k` = 1, k = 3))

# What is no JSON is refused, and told.
bad <- c(
  "", " ", "{", "[", "[1,]", "{\"a\":1,}", "{\"a\"}", "{\"a\" 1}", "{1:2}", "[1 2]", "[1}", "{]", "01", "1.", ".5", "+1", "-", "1e", "0x1",
  "NaN", "tru", "nulll", "'a'", "\"a", "a\"", "\"\\x\"", "\"\\u12g4\"", "\"a\tb\"", "\\", "[1]]", "1 2", "\"a\" \"b\"", "\\\"a\""
)
for (text in bad) says(parse(text), "expected")
says(parse(paste0(strrep("[", 1e5), strrep("]", 1e5))), "levels")
stopifnot(is.list(parse(paste0(strrep("[", 60), strrep("]", 60)))))

# A text that is written is read again, whatever letters it has.
set.seed(1)
letters_of <- c("a", "\"", "\\", "/", "{", "]", ",", ":", " ", "\u00e4", "\U1f600", "1", "null")
for (round in 1:200) {
  texts <- vapply(1:4, function(at) paste(sample(letters_of, sample(0:6, 1), TRUE), collapse = ""), "")
  same(parse(sprintf("[%s]", paste(vapply(texts, json_text, ""), collapse = ", "))), as.list(texts))
}

# Its time grows with the length: this took half a minute letter by letter.
fields <- rep(field("disk_sda_reads", kind = "counter", description = "Reads that were \"done\"."), 5000)
took <- system.time(read <- parse(sprintf("[%s]", paste(fields, collapse = ","))))
stopifnot(length(read) == 5000, read[[5000]]$description == "Reads that were \"done\".", took[["elapsed"]] < 20)
