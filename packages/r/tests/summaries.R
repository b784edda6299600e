library(perfcollector)
source("support/fixture.R")

# Percentiles are those of quantile(), of the values that there are.
values <- c(1:100, NA)
spread <- percentiles(list(a = values, none = c(NA_real_, NA)))
same(names(spread), c("column", "unit", "values", "missing", "mean", "p50", "p75", "p90", "p95", "p97.5", "p99", "max"))
same(unlist(spread[1, 6:12], use.names = FALSE), quantile(1:100, c(0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 1), names = FALSE))
same(unlist(spread[1, 3:5], use.names = FALSE), c(100, 1, 50.5))
stopifnot(all(is.na(spread[2, 5:12])), spread$missing[2] == 2)
same(names(percentiles(list(a = 1), probs = c(0, 0.001, 1)))[6:8], c("min", "p0.1", "max"))
same(nrow(percentiles(list())), 0L)

dir <- directory_of(web01.csv = csv_of(list(n = 1:2, n_per_second = c(NA, 1), label = c("a", "b"))), datapackage.json = package_of_fields(field("n_per_second", unit = "count")))
data <- read_collection_csv(dir)
same(percentiles(data)$column, "n_per_second")
same(percentiles(data)$unit, "count")
same(percentiles(data, c("n", "n_per_second"))$max, c(2, 1))
says(percentiles(data, "m"), "there is no column m")
says(percentiles(data, "label"), "label holds no numbers")
says(percentiles(data, probs = 50), "expected numbers from 0 to 1")

# The tables of devices, from names alone.
machine <- read_collection_csv(directory_of(web01.csv = csv_of(machine_columns(4))))
disks <- disk_table(machine)
same(disks$disk, c("sda", "sda1"))
same(unlist(disks[1, -1], use.names = FALSE), c(100, 100, rep(0.0512, 4), 10, 10, 1))
interfaces <- interface_table(machine)
same(interfaces$interface, c("eth0", "lo"))
same(interfaces[["rx MB/s p95"]], c(2, 1e-6))
same(interfaces[["drop/s max"]], c(2e6, 1))
same(unlist(filesystem_table(machine)[1, -1], use.names = FALSE), c(4, 2, 2, 50, 50, 0))
same(cpu_table(machine)$cpu, "0")
same(cpu_busy(machine)[1], NA_real_)
same(cpu_busy(machine)[-1], machine$cpu_user[-1] + 5)
same(key_numbers(machine)[["memory not available %"]], rep(25, 4))
stopifnot(!any(grepl("sda1", names(key_numbers(machine)))), c("sda util %", "eth0 rx MB/s") %in% names(key_numbers(machine)))
same(subset(collection_summary(machine), what == "Interval")$value, "10 seconds")

# A data package says what a name does not: a name that was made unique, and units that were converted.
fields <- c(
  field("disk_a.b_read_sectors_per_second.1", group = "disk", device = "a-b", metric = "read_sectors", derivation = "rate", unit = "bytes"),
  field("mem_total", group = "mem", metric = "total", derivation = "value", unit = "bytes")
)
converted <- list(`disk_a.b_read_sectors_per_second.1` = 3e6, mem_total = 2^30)
dir <- directory_of(web01.csv = csv_of(converted), datapackage.json = package_of_fields(fields))
told <- read_collection_csv(dir)
same(disk_table(told)$disk, "a-b")
same(disk_table(told)[["read MB/s"]], 3)
same(subset(collection_summary(told), what == "Memory")$value, "1.0 GiB")

# Of several statistics of a longer interval the mean is taken, wherever it stands.
of <- function(name, field, ...) field(name, field = field, statistic = "Of the interval.", ...)
fields <- c(
  of("cpu_idle_max", "cpu_idle"), of("cpu_idle_mean", "cpu_idle"),
  lapply(c("max", "mean"), function(stat) {
    of(paste0("disk_sda_io_ms_per_second_", stat), "disk_sda_io_ms", derivation = "rate", group = "disk", device = "sda", metric = "io_ms")
  }), of("loadavg_1min", "loadavg_1min"), field("mem_a_mean", field = "mem_a_mean")
)
several <- list(cpu_idle_max = 90, cpu_idle_mean = 40, disk_sda_io_ms_per_second_max = 900, disk_sda_io_ms_per_second_mean = 500, loadavg_1min = 3, mem_a_mean = 1)
longer <- read_collection_csv(directory_of(web01.csv = csv_of(several), datapackage.json = package_of_fields(unlist(fields))))
same(as.vector(cpu_busy(longer)), 60)
same(disk_table(longer)[["util %"]], 50)
same(as.vector(key_numbers(longer)[["load (1 min)"]]), 3)
same(perfcollector:::shown_columns(longer)$name[6], "mem_a_mean")

# A time that one request took counts as often as there were requests.
two <- lapply(list(reads = c(NA, 1, 99), read_ms = c(NA, 100, 99), writes = c(NA, 0, 0), write_ms = c(NA, 0, 0)), identity)
names(two) <- sprintf("disk_sda_%s_per_second", names(two))
same(disk_table(read_collection_csv(directory_of(m.csv = csv_of(two))))[["wait ms"]], 1.99)

# Nothing of it there, no row at all, one row alone: tables without rows and NA, no error.
for (rows in 0:1) {
  for (columns in list(list(uptime = rep(1, rows)), if (rows > 0) machine_columns(rows) else list(cpu_user = numeric(0)))) {
    few <- read_collection_csv(directory_of(m.csv = csv_of(columns, START + seq_len(rows))))
    for (table in list(disk_table, interface_table, filesystem_table, cpu_table, collection_summary, missing_summary)) stopifnot(is.data.frame(table(few)))
    stopifnot(is.data.frame(percentiles(key_numbers(few))))
  }
}

same(perfcollector:::without_partitions(c("sda", "sda1", "nvme0n1", "nvme0n1p1", "dm-0", "sdaa1", "mmcblk0", "mmcblk0p2")), c("sda", "nvme0n1", "dm-0", "sdaa1", "mmcblk0"))
