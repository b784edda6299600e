# The tables of a report: what was measured, and of each device what it did.

collection_summary <- function(data) {
  known <- about(data)
  seconds <- as.numeric(data$timestamp)
  facts <- c(
    Machine = known$machine,
    Samples = format(nrow(data)),
    First = moment(data$timestamp, min),
    Last = moment(data$timestamp, max),
    Span = if (nrow(data) > 1) duration(diff(range(seconds))),
    Interval = if (nrow(data) > 1) duration(typical_step(seconds)),
    `After missed samples` = if (is.null(known$quality)) "not known: there is no quality.csv" else sprintf("%d rows", sum(is_gap(data))),
    CPUs = count_or_null(each_cpu_busy(data)),
    Memory = memory_size(data),
    Disks = names_or_null(without_partitions(names(device_columns(data, "disk", "reads")))),
    Interfaces = names_or_null(names(device_columns(data, "net", "rx_bytes"))),
    `File systems` = names_or_null(names(device_columns(data, "fs", "blocks_total", "value")))
  )
  data.frame(what = names(facts), value = unname(facts))
}

moment <- function(times, which) {
  if (length(times) > 0) format(which(times), "%Y-%m-%d %H:%M:%OS3 %Z") else "no sample"
}

typical_step <- function(seconds) stats::median(diff(sort(seconds)))

duration <- function(seconds) {
  units <- c(days = 86400, hours = 3600, minutes = 60, seconds = 1)
  unit <- which(seconds >= 2 * units)[1]
  if (is.na(unit)) unit <- 4
  paste(format(round(seconds / units[[unit]], 3), digits = 4), names(units)[unit])
}

count_or_null <- function(things) if (length(things) > 0) format(length(things))

names_or_null <- function(names) if (length(names) > 0) some(names, 12)

memory_size <- function(data) {
  total <- numbers_of(data, "mem_total")
  if (is.null(total) || all(is.na(total))) return(NULL)
  sprintf("%.1f GiB", max(memory_bytes(data, "mem_total"), na.rm = TRUE) / 2^30)
}

memory_bytes <- function(data, name) {
  facts <- shown_columns(data)
  column <- facts$column[facts$name == name]
  if (length(column) == 1) bytes_in(data, column, "KiB")
}

# What is missing in the whole table, also in columns that were not read: for each reason how much, and from when to when.
missing_summary <- function(data) {
  ranges <- about(data)$quality
  if (is.null(ranges)) ranges <- unexplained(data)
  by_reason <- split(ranges, ranges$reason, drop = TRUE)
  rows <- lapply(by_reason, function(some) {
    data.frame(
      reason = as.character(some$reason[1]), columns = length(setdiff(unique(some$column), EVERY_COLUMN)), values = sum(some$rows),
      first = min(some$from), last = max(some$to), meaning = meaning_of(as.character(some$reason[1]))
    )
  })
  summary <- do.call(rbind, rows)
  if (is.null(summary)) return(data.frame(reason = character(0), columns = integer(0), values = numeric(0)))
  rownames(summary) <- NULL
  summary
}

meaning_of <- function(reason) {
  if (reason %in% names(NA_REASONS)) NA_REASONS[[reason]] else ""
}

# What a report gives percentiles of, by readable names.
key_numbers <- function(data, most = 8) {
  named <- function(title, values) if (has_values(values)) stats::setNames(list(values), title)
  states <- lapply(CPU_STATES, function(state) named(sprintf("CPU %s %%", state), numbers_of(data, paste0("cpu_", state))))
  disks <- disk_numbers(data)[c("util %", "read MB/s", "write MB/s", "reads/s", "writes/s")]
  disks <- lapply(disks, function(by_device) by_device[without_partitions(names(by_device))])
  c(
    list(), named("CPU busy %", cpu_busy(data)), unlist(states, recursive = FALSE),
    named("memory not available %", memory_taken(data)), named("load (1 min)", numbers_of(data, "loadavg_1min")),
    of_each_device(disks, most), of_each_device(network_numbers(data)[c("rx MB/s", "tx MB/s")], most)
  )
}

memory_taken <- function(data) {
  total <- memory_bytes(data, "mem_total")
  available <- memory_bytes(data, "mem_available")
  if (!is.null(total) && !is.null(available)) 100 * (1 - available / total)
}

of_each_device <- function(numbers, most) {
  each <- lapply(busiest(numbers, most), function(device) {
    own <- lapply(numbers, function(by_device) by_device[[device]])
    stats::setNames(own, paste(device, names(own)))
  })
  Filter(has_values, unlist(each, recursive = FALSE))
}
