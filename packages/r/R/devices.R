# Which column holds a statistic of which device: as the data package says, or as the name does.

# The columns that tables and charts look into, by the names that they have where a row is a sample. A table of longer
# intervals may have several statistics of each, behind its name: the mean is taken.
shown_columns <- function(data) {
  facts <- column_info(data)
  plain <- ifelse(facts$derivation %in% "rate", paste0(facts$field, "_per_second"), facts$field)
  is_one_of_many <- !is.na(facts$statistic) & !is.na(facts$field) & facts$name != plain & startsWith(facts$name, paste0(plain, "_"))
  is_mean <- is_one_of_many & endsWith(facts$name, "_mean")
  facts$name[is_mean] <- plain[is_mean]
  facts[is_mean | !is_one_of_many, ]
}

# The columns of one statistic, named by their devices; `derivation` is "value", "rate" or "share".
device_columns <- function(data, group, metric, derivation = "rate") {
  facts <- shown_columns(data)
  is_told <- !is.na(facts$group) & !is.na(facts$metric)
  told <- facts[is_told & facts$group %in% group & sub("_per_second$", "", facts$metric) == metric, ]
  told <- told[told$derivation %in% derivation & !is.na(told$device) & nzchar(told$device), ]
  named <- devices_by_name(facts$name[!is_told], group, metric, derivation)
  columns <- c(stats::setNames(told$column, told$device), stats::setNames(facts$column[match(named, facts$name)], names(named)))
  columns[!duplicated(names(columns))]
}

devices_by_name <- function(names, group, metric, derivation) {
  suffix <- paste0("_", metric, if (derivation == "rate") "_per_second")
  found <- names[startsWith(names, paste0(group, "_")) & endsWith(names, suffix)]
  devices <- substr(found, nchar(group) + 2, nchar(found) - nchar(suffix))
  # disk_sda_weighted_io_ms is the weighted time of sda, not the time of a sda_weighted.
  is_device <- nzchar(devices) & !(metric == "io_ms" & endsWith(devices, "_weighted"))
  stats::setNames(found[is_device], devices[is_device])
}

# The numbers of a statistic that has no device, such as cpu_idle; NULL where it is not in the table.
numbers_of <- function(data, name) {
  facts <- shown_columns(data)
  column <- facts$column[facts$name == name]
  if (length(column) == 1 && is.numeric(data[[column]])) data[[column]]
}

# Bytes that one of these is; pcprocess may have converted them.
BYTES <- c(bytes = 1, KiB = 1024, sectors = 512, blocks = NA)

# `data[[column]]` in bytes. `unit` is what it is where nobody tells.
bytes_in <- function(data, column, unit) {
  told <- attr(data[[column]], "unit")
  factor <- BYTES[sub("(/s| per second)$", "", if (is.null(told)) unit else told)]
  as.numeric(data[[column]]) * if (is.na(factor)) BYTES[[unit]] else factor[[1]]
}

# Partitions count the requests of their disk again: sda1 of sda, nvme0n1p1 of nvme0n1.
without_partitions <- function(devices) {
  of_disk <- sub("p?[0-9]+$", "", devices)
  is_partition <- of_disk %in% devices & (grepl("[0-9]p[0-9]+$", devices) | !grepl("[0-9]$", of_disk)) & of_disk != devices
  devices[!is_partition]
}

cpu_busy <- function(data) {
  idle <- numbers_of(data, "cpu_idle")
  iowait <- numbers_of(data, "cpu_iowait")
  if (is.null(idle)) return(NULL)
  # A CPU is busy when it neither idles nor waits for I/O; old kernels do not tell the two apart.
  100 - idle - if (is.null(iowait)) 0 else iowait
}

# Of each CPU, as a list named by its number.
each_cpu_busy <- function(data) {
  facts <- shown_columns(data)
  names <- grep("^cpu[0-9]+_idle$", facts$name, value = TRUE)
  cpus <- sub("^cpu([0-9]+)_idle$", "\\1", names)
  busy <- lapply(cpus, function(cpu) {
    iowait <- numbers_of(data, sprintf("cpu%s_iowait", cpu))
    100 - numbers_of(data, sprintf("cpu%s_idle", cpu)) - if (is.null(iowait)) 0 else iowait
  })
  stats::setNames(busy, cpus)
}

# Named lists of numbers, each by device: what tables and charts show of disks and interfaces.
disk_numbers <- function(data) {
  list(
    `reads/s` = numbers_by_device(data, "disk", "reads"),
    `writes/s` = numbers_by_device(data, "disk", "writes"),
    `read MB/s` = megabytes_by_device(data, "disk", "read_sectors", "sectors"),
    `write MB/s` = megabytes_by_device(data, "disk", "write_sectors", "sectors"),
    `util %` = lapply(numbers_by_device(data, "disk", "io_ms"), function(ms) ms / 10)
  )
}

network_numbers <- function(data) {
  list(
    `rx MB/s` = megabytes_by_device(data, "net", "rx_bytes", "bytes"),
    `tx MB/s` = megabytes_by_device(data, "net", "tx_bytes", "bytes"),
    `rx packets/s` = numbers_by_device(data, "net", "rx_packets"),
    `tx packets/s` = numbers_by_device(data, "net", "tx_packets")
  )
}

numbers_by_device <- function(data, group, metric) {
  lapply(device_columns(data, group, metric), function(column) as.numeric(data[[column]]))
}

megabytes_by_device <- function(data, group, metric, unit) {
  lapply(device_columns(data, group, metric), function(column) bytes_in(data, column, unit) / 1e6)
}
