# What a chart shows: the numbers that ggplot2 is given, and that it can draw them.
library(perfcollector)
source("support/fixture.R")
if (!requireNamespace("ggplot2", quietly = TRUE)) quit()
grDevices::png(tempfile(fileext = ".png"))
options(warn = 2)

read_columns <- function(columns, ...) read_collection_csv(directory_of(m.csv = csv_of(columns, ...)))
drawn <- function(chart) ggplot2::ggplot_build(chart)$data
draw <- function(chart) invisible(ggplot2::ggplotGrob(chart))

charts <- list(plot_cpu, plot_memory, plot_disks, plot_network, plot_pressure)
for (rows in c(1, 6, 1300)) {
  data <- read_columns(machine_columns(rows, 600), START + 600 * seq_len(rows))
  for (chart in charts) {
    made <- chart(data)
    if (rows > 1) stopifnot(ggplot2::is.ggplot(made))
    if (!is.null(made)) if (rows == 6) draw(made) else drawn(made)
  }
  if (rows == 1) stopifnot(is.null(plot_cpu(data)), !is.null(plot_memory(data)), is.null(plot_disks(data)))
}
nothing <- read_columns(list(uptime = 1:3))
for (chart in charts) stopifnot(is.null(chart(nothing)))
stopifnot(is.null(plot_columns(read_columns(list(a = c(NA_real_, NA))), "a")), is.null(plot_heatmap(nothing, cpu_busy(nothing))))

# Shares stand on one another, each as wide as its interval; of a row that lacks one there is nothing.
cpu <- read_columns(list(cpu_user = c(NA, 10, 20, NA), cpu_system = c(NA, 5, 5, 5)), START + c(0, 10, 40, 50))
layer <- drawn(plot_cpu(cpu))[[1]]
same(sort(layer$ymax), c(10, 15, 20, 25))
same(sort(unique(layer$xmax - layer$xmin)), c(10, 30))

# The time of a longer interval is that of its start.
told <- package_of_fields(field("cpu_user", field = "cpu_user", statistic = "Mean of the interval."), "m.csv", "m")
minutes <- read_collection_csv(directory_of(m.csv = csv_of(list(cpu_user = 1:2), START + c(0, 60)), datapackage.json = told))
same(drawn(plot_cpu(minutes))[[1]]$xmin, START + c(0, 60))
same(drawn(plot_cpu(minutes))[[1]]$xmax, START + c(60, 120))

# Memory's parts add up to all of it, and a gap is left open.
memory <- read_columns(list(mem_total = rep(4 * 2^20, 4), mem_free = rep(2^20, 4), mem_cached = rep(2^20, 4)), START + c(0, 10, 20, 3600))
layer <- drawn(plot_memory(memory))[[1]]
same(max(layer$ymax), 4)
same(max(layer$xmax - layer$xmin), 10)

# A line ends where values are missing, and a value alone is a point.
line <- drawn(plot_columns(read_columns(list(a = c(1, 2, NA, 4, NA, NA, 7, 8))), "a"))
same(as.integer(table(line[[2]]$group)), c(2L, 2L))
same(line[[3]]$y, 4)

# Many rows are put together; none of the highest and lowest is lost.
many <- c(rep(5, 50000), 1000, rep(5, 9999))
many[123] <- -3
chart <- drawn(plot_columns(read_columns(list(a = many)), "a"))
stopifnot(nrow(chart[[2]]) <= 600, max(chart[[1]]$ymax) == 1000, min(chart[[1]]$ymin) == -3, max(chart[[2]]$y) < 1000)

cpu <- read_columns(list(cpu_user = replace(rep(10, 5000), 77, 90), cpu_idle = replace(rep(90, 5000), 77, 10)))
chart <- drawn(plot_cpu(cpu))
stopifnot(max(chart[[1]]$ymax) < 90, max(chart[[2]]$y) == 90)

# Of many devices the busiest, without partitions and loopback.
disks <- stats::setNames(lapply(1:30, function(at) c(NA, at, at)), sprintf("disk_d%s_io_ms_per_second", c(letters, "aa", "ab", "ac", "ac1")))
chart <- plot_disks(read_columns(disks))
same(length(unique(drawn(chart)[[2]]$colour)), 8L)
stopifnot(grepl("busiest 8 of 29", chart$labels$caption))
same(nrow(drawn(plot_network(read_columns(list(net_lo_rx_bytes_per_second = 1:2))))[[2]]), 2L)
same(nrow(drawn(plot_network(read_columns(list(net_lo_rx_bytes_per_second = 1:2, net_e_rx_bytes_per_second = c(5, NA)))))[[3]]), 1L)
# Names of any bytes can be drawn.
odd <- c("a\nb", "%s", "\U1f600", "x'y\\n", "<b>", "`", "$\\alpha$")
draw(plot_network(read_columns(stats::setNames(rep(list(1:2), 7), sprintf("net_%s_rx_bytes_per_second", odd)))))

# Hours of days are those of the time zone.
hours <- read_columns(list(a = c(1, 3, 10)), c(1767915000, 1767916000, 1767920400)) # 2026-01-08 23:30, 23:46, 2026-01-09 01:00 UTC
tile <- plot_heatmap(hours, "a")$data
same(tile$mean, c(2, 10))
same(tile$hour, c(23L, 1L))
same(as.character(tile$day), c("2026-01-08", "2026-01-09"))
same(drawn(plot_heatmap(hours, hours$a, "A", "%"))[[1]]$xmax, c(23.5, 1.5))

# Events are lines.
events <- directory_of(m.csv = csv_of(list(a = 1:3), machine = "m"), events.csv = c(EVENTS, sprintf("%d,m,r,deploy", START + 5)))
same(drawn(plot_columns(read_collection_csv(events), "a"))[[1]]$xintercept, START + 5)
