library(perfcollector)
source("support/fixture.R")

# Types, times, names, units.
names_of_all <- c("cpu_user", "fs_/mnt/a b_blocks_total", "disk_a,\"b\"_reads", "container_0a_name", "net_\u00e4_rx_bytes")
columns <- stats::setNames(list(c(NA, 12.5), c(10, 1e15), c(1, NA), c("1e5", NA), c(0.1, 2^53)), names_of_all)
fields <- c(
  field("cpu_user", unit = "percent", kind = "counter", derivation = "share", description = "In \"user\" mode.", group = "cpu", metric = "user"),
  field("container_0a_name", type = "string", kind = "label"), field("fs_/mnt/a b_blocks_total", unit = "blocks", type = "integer")
)
dir <- directory_of(
  web01.csv = csv_of(columns, START + c(0.003, 10.999)), datapackage.json = package_of_fields(fields), events.csv = c(EVENTS, paste0(START, ",web01,r,\"deploy, 42\""), paste0(START, ",other,r,x"))
)
data <- read_collection_csv(dir)
same(names(data), c("timestamp", "machine_id", names_of_all))
for (name in names_of_all) same(as.vector(data[[name]]), columns[[name]])
same(vapply(data, function(column) class(column)[1], "", USE.NAMES = FALSE), c("POSIXct", "character", rep("numeric", 3), "character", "numeric"))
same(attr(data$cpu_user, "unit"), "percent")
same(attr(data$cpu_user, "description"), "In \"user\" mode.")
same(column_info(data)$derivation[3], "share")
same(collection_events(data)$event, "deploy, 42")
same(format(data$timestamp, "%H:%M:%OS3"), c("18:10:48.003", "18:10:58.999"))

# The time is that of the file, whatever the millisecond and the zone; R shows it as the file has it.
times <- START + (0:999) / 1000
shown <- read_collection_csv(directory_of(m.csv = csv_of(list(a = times), times)), tz = "America/New_York")$timestamp
stopifnot(max(abs(as.numeric(shown) - times)) < 1e-6, attr(shown, "tzone") == "America/New_York")
same(format(shown, "%H:%OS3"), sprintf("13:%06.3f", 48 + (0:999) / 1000)[seq_along(times)])

# Rows and columns that are taken keep what is known of them; what is left is a data frame like any other.
part <- data[2, c("timestamp", "cpu_user")]
same(attr(part$cpu_user, "unit"), "percent")
same(attr(subset(data, !is.na(cpu_user))$cpu_user, "unit"), "percent")
same(data[2, "cpu_user"], 12.5)
same(nrow(column_info(part)), 2L)
stopifnot(is.data.frame(part), nrow(head(data, 1)) == 1, !any(grepl("attr", utils::capture.output(str(data))[-2])))
same(mean(data$cpu_user, na.rm = TRUE), 12.5)

# Names become R's own on demand, and lead to what is known all the same.
checked <- read_collection_csv(dir, check.names = TRUE)
same(names(checked), make.names(names(data), unique = TRUE))
same(attr(checked$fs_.mnt.a.b_blocks_total, "unit"), "blocks")

# Of many columns those that are asked for.
same(names(read_collection_csv(dir, columns = c("cpu_*", "fs_/mnt/a b_blocks_total"))), c("timestamp", "machine_id", names_of_all[1:2]))
says(read_collection_csv(dir, columns = "gpu_*"), "no column is called gpu_\\*")

# Without a data package: what the cells themselves say.
bare <- read_collection_csv(file.path(directory_of(m.csv = csv_of(columns)), "m.csv"))
same(vapply(bare[names_of_all], is.numeric, TRUE, USE.NAMES = FALSE), rep(TRUE, 5))
same(names(attributes(bare$cpu_user)), NULL)
same(column_info(read_collection_csv(directory_of(m.csv = csv_of(list(net_lo_rx_bytes_per_second = 1)))))$derivation[3], "rate")
late <- c(rep(1, 1500), NA)
late[1501] <- "text"
same(read_collection_csv(directory_of(m.csv = csv_of(list(label = late, n = 1:1501))))$label, late)
same(read_collection_csv(directory_of(m.csv = csv_of(list(l = c("T", "x\ny", "NULL", "#")))))$l, c("T", "x\ny", "NULL", "#"))

# A data package that is broken costs its units, not the numbers.
broken <- directory_of(web01.csv = csv_of(columns), datapackage.json = "{\"resources\":[")
says(read_collection_csv(broken), "datapackage.json: the end of the text; expected .*; going on without units")
same(suppressWarnings(read_collection_csv(broken))$cpu_user, c(NA, 12.5))
for (odd in c("[]", "{}", "{\"resources\":{}}", "7", "", "{\"resources\":[7,{\"path\":[1]},{\"path\":\"web01.csv\",\"schema\":{\"fields\":[3]}}]}")) {
  stopifnot(nrow(suppressWarnings(read_collection_csv(file.path(directory_of(web01.csv = csv_of(columns), datapackage.json = odd), "web01.csv")))) == 2)
}

# Several machines in one directory.
two <- directory_of(a.csv = csv_of(list(n = 1), machine = "a"), b.csv = csv_of(list(n = 2), machine = "b"), quality.csv = QUALITY)
says(read_collection_csv(two), "holds 2 machines: say which, such as machine = \"a\"")
same(read_collection_csv(two, machine = "b")$n, 2)
says(read_collection_csv(two, machine = "c"), "there is no machine `c` in .*; there is a, b")
same(collection_tables(two), data.frame(machine_id = c("a", "b"), table = c("a.csv", "b.csv"), layout = "wide"))

# The layout long, which also the directory with nothing else gives; a machine whose name is NA.
long <- c("timestamp,machine_id,group,device,metric,value,unit", sprintf("%d,NA,disk,sda,reads,%d,count", START, 1:2))
read <- read_collection_csv(directory_of(NA.long.csv = long))
same(read$value, c(1, 2))
same(read$machine_id, c("NA", "NA"))
same(read$device, c("sda", "sda"))
# Its texts stand beside its numbers.
names_too <- c(long, sprintf("%d,NA,container,0a,name,web,text", START), sprintf("%d,NA,container,0a,id,12,text", START))
described <- package_of_fields(c(field("value", type = "any"), field("metric", type = "string")), "NA.long.csv", "NA")
for (read in list(directory_of(NA.long.csv = names_too), directory_of(NA.long.csv = names_too, datapackage.json = described))) {
  read <- read_collection_csv(read)
  same(as.vector(read$value), c(1, 2, NA, NA))
  same(as.vector(read$label), c(NA, NA, "web", "12"))
  same(column_info(read)$unit[8], "text")
}

# No rows, one row, packed, with another line end, with a mark of byte order.
same(nrow(read_collection_csv(directory_of(m.csv = "timestamp,machine_id,a"))), 0L)
same(read_collection_csv(directory_of(m.csv = csv_of(list(a = 7))))$a, 7)
gz <- tempfile(fileext = ".csv.gz")
packed <- gzfile(gz, "w")
writeLines(csv_of(list(a = 7:8)), packed)
close(packed)
same(read_collection_csv(gz)$a, c(7, 8))
same(read_collection_csv(directory_of(m.csv = paste0(c("\ufefftimestamp,machine_id,a", "1,m,7"), "\r")))$a, 7)

# Cut off anywhere, it is read up to the last whole row, and never a number that is not there.
lines <- csv_of(list(a = c(1234.5, 2234.5, 3234.5)))
whole <- paste0(paste(lines, collapse = "\n"), "\n")
cut <- tempfile(fileext = ".csv")
for (length in (nchar(lines[1]) + 1):nchar(whole)) {
  cat(substr(whole, 1, length), file = cut)
  a <- suppressWarnings(read_collection_csv(cut))$a
  rows <- lengths(regmatches(substr(whole, 1, length), gregexpr("\n", substr(whole, 1, length)))) - 1L
  same(a, c(1234.5, 2234.5, 3234.5)[seq_len(rows)])
}
cat(substr(whole, 1, nchar(whole) - 3), file = cut)
says(read_collection_csv(cut), "ends within row 3: it was left out")

# Wrong input is refused in a sentence.
file_of <- function(...) file.path(directory_of(x.csv = c(...)), "x.csv")
says(read_collection_csv("/nowhere/x.csv"), "cannot read /nowhere/x.csv: there is no such file or directory")
says(read_collection_csv(7), "`path` is 7; expected one text")
says(read_collection_csv(c("a", "b")), "expected one text")
says(read_collection_csv(tempdir(), tz = "Mars/Phobos"), "no time zone \"Mars/Phobos\"")
says(read_collection_csv(directory_of(notes.txt = "")), "there is no table of a machine in it")
says(read_collection_csv(file.path(directory_of(web01.json = "{}"), "web01.json")), "make one of it first: pcprocess")
says(read_collection_csv(file.path(directory_of(quality.csv = QUALITY), "quality.csv")), "beside")
cat("", file = empty <- tempfile(fileext = ".csv"))
says(read_collection_csv(empty), "it is empty")
says(read_collection_csv(file_of("timestamp,cpu_user", "1,2")), "its columns are timestamp, cpu_user; expected timestamp, machine_id")
says(read_collection_csv(file_of("timestamp,machine_id,a", "1,m,1", "2,m", "3,m,3")), "row 2 has 2 cells; expected 3")
says(read_collection_csv(file_of("timestamp,machine_id,a", "1,m,1", "2,m,2,2")), "row 2 has 4 cells; expected 3")
says(read_collection_csv(file_of("timestamp,machine_id", "soon,m")), "row 1 of `timestamp` is `soon`; expected a number")
says(read_collection_csv(file_of("timestamp,machine_id", "1,m", "NA,m")), "row 2 has no timestamp")
wrong <- directory_of(web01.csv = csv_of(list(a = c("1", "x"))), datapackage.json = package_of_fields(field("a")))
says(read_collection_csv(wrong), "row 2 of `a` is `x`; expected a number")
gone <- directory_of(datapackage.json = package_of_fields(field("a")))
says(read_collection_csv(gone), "datapackage.json names it, but it is not there")
