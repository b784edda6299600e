# Which CSV is meant: a path names it, or a directory that pcprocess wrote, in which it is looked for.

# What pcprocess writes beside the tables of machines.
BESIDE <- c("events.csv", "quality.csv")

collection_tables <- function(path) {
  dir <- existing_directory(path)
  tables_in(dir, read_package(dir))
}

existing_directory <- function(path) {
  check_string(path, "path")
  if (!file.exists(path)) stop(sprintf("cannot read %s: there is no such file or directory", path), call. = FALSE)
  if (!dir.exists(path)) stop(sprintf("cannot read %s as a directory: it is a file", path), call. = FALSE)
  path
}

check_string <- function(value, name) {
  if (is.character(value) && length(value) == 1 && !is.na(value) && nzchar(value)) return(invisible())
  stop(sprintf("`%s` is %s; expected one text", name, deparse(value, nlines = 1)), call. = FALSE)
}

# As the data package lists them, and where it lists none as the directory does.
tables_in <- function(dir, package) {
  listed <- package$resources
  found <- tables_of(vapply(listed, function(resource) resource$path, ""), vapply(listed, function(resource) resource$machine, ""))
  if (nrow(found) > 0) return(found)
  files <- list.files(dir, "\\.csv(\\.gz)?$")
  tables_of(files, sub("(\\.long)?\\.csv(\\.gz)?$", "", files))
}

tables_of <- function(tables, machines) {
  layout <- ifelse(grepl("\\.long\\.csv(\\.gz)?$", tables), "long", "wide")
  found <- data.frame(machine_id = as.character(machines), table = as.character(tables), layout = as.character(layout))
  found <- found[grepl("\\.csv(\\.gz)?$", tables) & !is.na(machines) & !basename(found$table) %in% BESIDE, ]
  # The wide table says the same as the long one beside it, and is quicker.
  found <- found[order(found$machine_id, found$layout == "long"), ]
  rownames(found) <- NULL
  found
}

# One list: the file, the directory, and the name of the table in it.
find_table <- function(path, machine) {
  check_string(path, "path")
  if (!is.null(machine)) check_string(machine, "machine")
  if (!dir.exists(path)) return(table_at(path))
  package <- read_package(path)
  table <- choose_table(path, tables_in(path, package), machine)
  file <- file.path(path, table)
  if (!file.exists(file)) {
    stop(sprintf("cannot read %s: datapackage.json names it, but it is not there; run pcprocess again", file), call. = FALSE)
  }
  list(file = file, dir = path, table = table, package = package)
}

table_at <- function(path) {
  if (!file.exists(path)) stop(sprintf("cannot read %s: there is no such file or directory", path), call. = FALSE)
  if (grepl("\\.(json|jsonl|ndjson)(\\.gz|\\.zst)?$|\\.zst$", path)) {
    stop(sprintf("cannot read %s: it is no CSV; make one of it first: pcprocess %s --outdir csv", path, path), call. = FALSE)
  }
  if (basename(path) %in% BESIDE) {
    stop(sprintf("cannot read %s as a machine's table: it stands beside those; expected <machine>.csv or its directory", path),
      call. = FALSE
    )
  }
  list(file = path, dir = dirname(path), table = basename(path), package = read_package(dirname(path)))
}

choose_table <- function(dir, tables, machine) {
  if (nrow(tables) == 0) {
    stop(sprintf("cannot read %s: there is no table of a machine in it; expected what `pcprocess --outdir` writes", dir), call. = FALSE)
  }
  names <- unique(tables$machine_id)
  if (is.null(machine) && length(names) > 1) {
    stop(sprintf("%s holds %d machines: say which, such as machine = \"%s\"; they are %s", dir, length(names), names[1], some(names)), call. = FALSE)
  }
  chosen <- if (is.null(machine)) names else machine
  if (!chosen %in% names) {
    stop(sprintf("there is no machine `%s` in %s; there is %s", chosen, dir, some(names)), call. = FALSE)
  }
  tables$table[tables$machine_id == chosen][1]
}

# A list for a sentence, which is not to become long.
some <- function(names, most = 8) {
  shown <- paste(names[seq_len(min(most, length(names)))], collapse = ", ")
  if (length(names) > most) sprintf("%s and %d more", shown, length(names) - most) else shown
}
