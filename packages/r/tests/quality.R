library(perfcollector)
source("support/fixture.R")

at <- function(row) sprintf("%.3f", START + 10 * (row - 1) + 0.003)
quality_row <- function(column, from, to, reason, table = "web01.csv") {
  paste(table, "web01", quoted(column), at(from), at(to), to - from + 1, reason, sep = ",")
}
columns <- list(cpu_user = c(NA, 1, NA, NA, 5, 6, NA, 8), `fs_/a,b_blocks_free` = c(1, NA, 3, 4, 5, 6, 7, 8), x = c(1:7, NA))
quality <- c(
  QUALITY, quality_row("cpu_user", 7, 7, "suspend"), quality_row("cpu_user", 1, 1, "first"), quality_row("cpu_user", 3, 4, "reset"),
  quality_row("fs_/a,b_blocks_free", 2, 2, "absent"), quality_row("*", 5, 5, "gap"), quality_row("*", 8, 8, "gap"),
  quality_row("cpu_user", 1, 8, "wrap", "other.csv")
)
dir <- directory_of(web01.csv = csv_of(columns, START + 10 * (0:7) + 0.003), quality.csv = quality)
data <- read_collection_csv(dir)

# A reason a row where there is no value; none where there is one.
reason <- na_reason(data, "cpu_user")
stopifnot(is.factor(reason), c("first", "gap", "unreadable", "unknown") %in% levels(reason))
same(as.character(reason), c("first", NA, "reset", "reset", NA, NA, "suspend", NA))
same(as.character(na_reason(data, "fs_/a,b_blocks_free"))[2], "absent")
same(is_gap(data), c(FALSE, FALSE, FALSE, FALSE, TRUE, FALSE, FALSE, TRUE))
# Nothing is said of x but that its row comes after a gap.
same(as.character(na_reason(data, "x"))[8], "gap")

# Rows may be taken, and stand in any order.
shuffled <- data[c(7, 1, 5, 4), ]
same(as.character(na_reason(shuffled, "cpu_user")), c("suspend", "first", NA, "reset"))
same(as.character(na_reason(read_collection_csv(dir, check.names = TRUE), "fs_.a.b_blocks_free"))[2], "absent")

ranges <- na_reasons(data)
same(names(ranges), c("column", "from", "to", "rows", "reason"))
same(nrow(ranges), 6L)
same(format(ranges$from[ranges$reason == "reset"], "%OS3"), "08.003")
same(ranges$rows[ranges$reason == "reset"], 2)
same(nrow(na_reasons(data["x"])), 2L)
summary <- missing_summary(data)
same(summary$values[summary$reason == "reset"], 2)
stopifnot(all(nzchar(summary$meaning)))

# Reasons that are not known yet are shown as they are.
newer <- directory_of(web01.csv = csv_of(list(a = NA)), quality.csv = c(QUALITY, sprintf("web01.csv,web01,a,%d,%d,1,eclipse", START, START)))
same(as.character(na_reason(read_collection_csv(newer), "a")), "eclipse")

# Of the layout long, which has no row where there is no value, all is told.
long <- directory_of(
  web01.long.csv = c("timestamp,machine_id,group,device,metric,value,unit", sprintf("%d,web01,disk,sda,reads,1,count", START)),
  quality.csv = c(QUALITY, quality_row("disk_sda_reads_per_second", 1, 1, "first", "web01.long.csv"))
)
same(na_reasons(read_collection_csv(long))$column, "disk_sda_reads_per_second")

# Without quality.csv, or with a broken one, it is unknown why.
bare <- read_collection_csv(directory_of(web01.csv = csv_of(columns)))
same(as.character(na_reason(bare, "cpu_user")), c("unknown", NA, "unknown", "unknown", NA, NA, "unknown", NA))
same(na_reasons(bare)$rows, c(1, 2, 1, 1, 1))
stopifnot(!any(is_gap(bare)), nrow(missing_summary(read_collection_csv(directory_of(m.csv = csv_of(list(a = 1)))))) == 0)
broken <- directory_of(web01.csv = csv_of(columns), quality.csv = c("table,reason", "web01.csv,first"))
says(read_collection_csv(broken), "quality.csv: there is no column .*; going on without it")
same(levels(na_reason(suppressWarnings(read_collection_csv(broken)), "x")), levels(reason))

says(na_reason(data, "y"), "there is no column `y`; there are timestamp")
says(na_reason(data.frame(a = 1), "a"), "expected what read_collection_csv\\(\\) gives")
says(na_reasons(mtcars), "expected what read_collection_csv\\(\\) gives")
