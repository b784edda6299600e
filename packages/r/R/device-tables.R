# What each device did, one row each.

disk_table <- function(data) {
  numbers <- disk_numbers(data)
  devices <- devices_of(numbers)
  waits <- lapply(devices, function(device) wait_ms(data, device))
  columns <- list(
    disk = devices,
    `reads/s` = averages(numbers$`reads/s`, devices), `writes/s` = averages(numbers$`writes/s`, devices),
    `read MB/s` = averages(numbers$`read MB/s`, devices), `read MB/s p95` = p95s(numbers$`read MB/s`, devices),
    `write MB/s` = averages(numbers$`write MB/s`, devices), `write MB/s p95` = p95s(numbers$`write MB/s`, devices),
    `util %` = averages(numbers$`util %`, devices), `util % p95` = p95s(numbers$`util %`, devices),
    `wait ms` = vapply(waits, average, 1)
  )
  as.data.frame(columns, optional = TRUE)
}

interface_table <- function(data) {
  numbers <- network_numbers(data)
  devices <- devices_of(numbers)
  columns <- list(interface = devices)
  for (name in names(numbers)) {
    columns[[name]] <- averages(numbers[[name]], devices)
    columns[[paste(name, "p95")]] <- p95s(numbers[[name]], devices)
  }
  for (problem in c("errs", "drop")) {
    both <- lapply(c("rx_", "tx_"), function(way) numbers_by_device(data, "net", paste0(way, problem)))
    columns[[paste0(problem, "/s max")]] <- pmax(highests(both[[1]], devices), highests(both[[2]], devices), na.rm = TRUE)
  }
  as.data.frame(columns, optional = TRUE)
}

filesystem_table <- function(data) {
  sizes <- device_columns(data, "fs", "blocks_total", "value")
  rows <- lapply(names(sizes), function(mount) {
    size <- filesystem_bytes(data, mount, "blocks_total")
    used <- size - filesystem_bytes(data, mount, "blocks_free")
    available <- filesystem_bytes(data, mount, "blocks_available")
    # As df has it: what only root may take counts neither as used nor as available.
    share <- 100 * used / (used + available)
    data.frame(
      `file system` = mount, `size GiB` = last_value(size) / 2^30, `used GiB` = last_value(used) / 2^30,
      `available GiB` = last_value(available) / 2^30, `used %` = last_value(share), `used % max` = highest(share),
      `change GiB` = (last_value(used) - first_value(used)) / 2^30, check.names = FALSE
    )
  })
  if (length(rows) == 0) data.frame(`file system` = character(0), check.names = FALSE) else do.call(rbind, rows)
}

filesystem_bytes <- function(data, mount, metric) {
  column <- device_columns(data, "fs", metric, "value")[mount]
  size <- device_columns(data, "fs", "block_size", "value")[mount]
  if (is.na(column)) return(rep(NA_real_, nrow(data)))
  if (identical(attr(data[[column]], "unit"), "bytes")) return(data[[column]])
  if (is.na(size)) rep(NA_real_, nrow(data)) else data[[column]] * data[[size]]
}

cpu_table <- function(data) {
  busy <- each_cpu_busy(data)
  devices <- names(busy)
  columns <- list(cpu = devices, `busy %` = averages(busy, devices), `p95` = p95s(busy, devices), `max` = highests(busy, devices))
  as.data.frame(columns, optional = TRUE)
}

# Milliseconds that a request took, over all requests of the time: rates times intervals are what was counted.
wait_ms <- function(data, device) {
  rate <- function(metric) numbers_by_device(data, "disk", metric)[[device]]
  parts <- list(rate("read_ms"), rate("write_ms"), rate("reads"), rate("writes"))
  if (any(vapply(parts, is.null, TRUE))) return(NA_real_)
  counted <- Reduce(`+`, parts) * interval_before(data)
  ms <- ((parts[[1]] + parts[[2]]) * interval_before(data))[!is.na(counted)]
  requests <- sum(((parts[[3]] + parts[[4]]) * interval_before(data))[!is.na(counted)])
  if (requests > 0) sum(ms) / requests else NA_real_
}

interval_before <- function(data) c(NA, diff(as.numeric(data$timestamp)))

devices_of <- function(numbers) as.character(unique(unlist(lapply(numbers, names), use.names = FALSE)))

average <- function(values) if (all(is.na(values))) NA_real_ else mean(values, na.rm = TRUE)
highest <- function(values) if (all(is.na(values))) NA_real_ else max(values, na.rm = TRUE)
p95 <- function(values) if (all(is.na(values))) NA_real_ else stats::quantile(values, 0.95, na.rm = TRUE, names = FALSE)
first_value <- function(values) c(values[!is.na(values)], NA)[1]
last_value <- function(values) rev(c(NA, values[!is.na(values)]))[1]

averages <- function(by_device, devices) over(by_device, devices, average)
highests <- function(by_device, devices) over(by_device, devices, highest)
p95s <- function(by_device, devices) over(by_device, devices, p95)

over <- function(by_device, devices, summarise) {
  vapply(devices, function(device) summarise(by_device[[device]]), 1, USE.NAMES = FALSE)
}
