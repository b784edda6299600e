# Directories as pcprocess writes them, made by hand: small, and every number in them is known.

START <- 1767982248 # 2026-01-09T18:10:48Z

# A directory with these files; each is a vector of lines.
directory_of <- function(...) {
  dir <- tempfile("csv")
  dir.create(dir)
  files <- list(...)
  for (name in names(files)) writeLines(files[[name]], file.path(dir, name))
  dir
}

# A CSV of one machine: `columns` are vectors, one element a row.
csv_of <- function(columns, times = START + 10 * (seq_along(columns[[1]]) - 1), machine = "web01") {
  cells <- c(list(timestamp = sprintf("%.3f", times), machine_id = rep(machine, length(times))), lapply(columns, cell_text))
  rows <- if (length(times) > 0) do.call(paste, c(unname(cells), sep = ","))
  c(paste(quoted(names(cells)), collapse = ","), rows)
}

cell_text <- function(values) {
  ifelse(is.na(values), "NA", if (is.character(values)) quoted(values) else format(values, digits = 17, trim = TRUE))
}

quoted <- function(texts) {
  ifelse(grepl("[,\"\n]", texts), paste0("\"", gsub("\"", "\"\"", texts), "\""), texts)
}

# One field of a data package.
field <- function(name, ..., type = "number") {
  facts <- c(name = name, type = type, ...)
  sprintf("{%s}", paste0("\"", names(facts), "\":", vapply(facts, json_text, ""), collapse = ","))
}

json_text <- function(text) paste0("\"", gsub("([\"\\\\])", "\\\\\\1", text), "\"")

package_of_fields <- function(fields, path = "web01.csv", machine = "web01") {
  resource <- sprintf(
    "{\"name\":\"m\",\"path\":%s,\"format\":\"csv\",\"machine_id\":%s,\"schema\":{\"missingValues\":[\"NA\"],\"fields\":[%s]}}",
    json_text(path), json_text(machine), paste(fields, collapse = ",")
  )
  sprintf("{\"name\":\"collection\",\"resources\":[%s]}", paste(resource, collapse = ","))
}

QUALITY <- "table,machine_id,column,from,to,rows,reason"
EVENTS <- "timestamp,machine_id,run,event"

# What of a machine with everything is measured `rows` times, `step` seconds apart.
machine_columns <- function(rows, step = 10) {
  hour <- (seq_len(rows) * step / 3600) %% 24
  user <- 40 + 30 * sin(hour / 24 * 2 * pi)
  first <- function(values) replace(values, 1, NA)
  cpu <- list(cpu_user = user, cpu_system = 0 * user + 5, cpu_idle = 93 - user, cpu_iowait = 0 * user + 2)
  device <- function(group, metrics, value) {
    stats::setNames(rep(list(rep(value, rows)), length(metrics)), paste0(group, "_", metrics, "_per_second"))
  }
  disk <- c("reads", "writes", "read_sectors", "write_sectors", "read_ms", "write_ms", "io_ms", "weighted_io_ms")
  net <- c(outer(c("rx_", "tx_"), c("bytes", "packets", "errs", "drop"), paste0))
  constant <- function(...) lapply(list(...), rep, rows)
  c(
    lapply(cpu, first), constant(loadavg_1min = 0.5),
    constant(mem_total = 4194304, mem_free = 1048576, mem_available = 3145728, mem_buffers = 0, mem_cached = 1048576),
    lapply(c(device("disk_sda", disk, 100), device("disk_sda1", disk, 100), device("net_eth0", net, 2e6), device("net_lo", net, 1)), first),
    constant(`fs_/_block_size` = 4096, `fs_/_blocks_total` = 1048576, `fs_/_blocks_free` = 524288, `fs_/_blocks_available` = 524288),
    constant(pressure_cpu_some_avg10 = 1.5),
    lapply(list(cpu0_idle = cpu$cpu_idle, cpu0_iowait = cpu$cpu_iowait), first)
  )
}

# An error or warning whose text matches.
says <- function(expression, pattern) {
  message <- tryCatch({ expression; "nothing" }, error = conditionMessage, warning = conditionMessage)
  if (!grepl(pattern, message)) stop(sprintf("it said `%s`; expected `%s`", message, pattern), call. = FALSE)
}

same <- function(got, want) {
  difference <- all.equal(got, want, tolerance = 1e-9)
  if (!isTRUE(difference)) stop(sprintf("%s: %s", deparse(substitute(got))[1], paste(difference, collapse = "; ")), call. = FALSE)
}
