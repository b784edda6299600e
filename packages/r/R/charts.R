# Charts of a collection over time. Each is a ggplot, or NULL where there is nothing to show.

CPU_STATES <- c("user", "nice", "system", "irq", "softirq", "steal", "iowait")

CPU_COLOURS <- c(
  user = "#0072B2", nice = "#56B4E9", system = "#D55E00", irq = "#CC79A7", softirq = "#F0E442", steal = "#000000", iowait = "#999999"
)

plot_cpu <- function(data) {
  shares <- Filter(has_values, sapply(CPU_STATES, function(state) numbers_of(data, paste0("cpu_", state)), simplify = FALSE))
  if (length(shares) == 0) return(NULL)
  series <- stacked(series_of(data, shares))
  time_chart(data, series, "CPU", "% of all CPUs") +
    stack_layer(data, series) +
    peak_layer(data, cpu_busy(data)) +
    ggplot2::scale_fill_manual(values = CPU_COLOURS, name = NULL, aesthetics = c("fill", "colour")) +
    ggplot2::coord_cartesian(ylim = c(0, 100))
}

MEMORY_COLOURS <- c(used = "#D55E00", `buffers and cache` = "#56B4E9", free = "#E8E8E8")

plot_memory <- function(data) {
  parts <- Filter(has_values, memory_parts(data))
  if (length(parts) == 0) return(NULL)
  gib <- lapply(parts, function(bytes) bytes / 2^30)
  series <- stacked(without_gaps(series_of(data, gib), stretches_of(data)$step))
  time_chart(data, series, "Memory", "GiB") +
    stack_layer(data, series) +
    ggplot2::scale_fill_manual(values = MEMORY_COLOURS, name = NULL, aesthetics = c("fill", "colour"))
}

# They add up to all memory. What can be given back at once counts with the cache, shared memory does not.
memory_parts <- function(data) {
  bytes <- function(name) {
    found <- memory_bytes(data, paste0("mem_", name))
    if (is.null(found)) 0 else found
  }
  total <- memory_bytes(data, "mem_total")
  free <- memory_bytes(data, "mem_free")
  if (is.null(total) || is.null(free)) return(list())
  cache <- bytes("buffers") + bytes("cached") + bytes("sreclaimable") - bytes("shmem")
  list(used = total - free - cache, `buffers and cache` = cache + 0 * free, free = free)
}

plot_disks <- function(data, most = 8) {
  numbers <- disk_numbers(data)[c("read MB/s", "write MB/s", "util %")]
  device_chart(data, lapply(numbers, function(by_device) by_device[without_partitions(names(by_device))]), "Disks", most)
}

plot_network <- function(data, most = 8) {
  numbers <- network_numbers(data)[c("rx MB/s", "tx MB/s")]
  is_only_loopback <- identical(devices_of(numbers), "lo")
  device_chart(data, lapply(numbers, function(all) all[is_only_loopback | names(all) != "lo"]), "Network", most)
}

plot_pressure <- function(data) {
  names <- grep("^pressure_.*_some_avg10$", shown_columns(data)$name, value = TRUE)
  waits <- lapply(stats::setNames(names, sub("^pressure_(.*)_some_avg10$", "\\1", names)), function(name) numbers_of(data, name))
  line_chart(data, list(`% of time` = Filter(has_values, waits)), "Pressure: somebody waits for")
}

plot_columns <- function(data, columns, title = NULL) {
  values <- spread_columns(data, columns)
  line_chart(data, list(Filter(has_values, values)), title)
}

has_values <- function(values) !is.null(values) && any(!is.na(values))
