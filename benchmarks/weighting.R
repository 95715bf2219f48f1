# What R's survey needs for the same raking and the same items: seconds, and the numbers to compare with.
# Arguments: a file of whole numbers (a column per margin, then per item), respondents, margins, items, and the size of
# the frame; then the targets of all categories, margin by margin. Prints name, value; then item, domain, category, share, error.
suppressMessages(library(survey))
given <- commandArgs(TRUE)
n <- as.integer(given[2]); margins <- as.integer(given[3]); items <- as.integer(given[4]); frame <- as.numeric(given[5])
targets <- as.numeric(given[-(1:5)])
columns <- c(paste0("m", seq_len(margins) - 1), paste0("q", seq_len(items) - 1))
codes <- matrix(readBin(given[1], "integer", n * length(columns)), n, dimnames = list(NULL, columns))
data <- as.data.frame(lapply(as.data.frame(codes), factor))
data$base <- frame / n; data$frame <- frame
seconds <- function(work) unname(system.time(work)["elapsed"])

design <- svydesign(ids = ~1, weights = ~base, fpc = ~frame, data = data)
formulas <- lapply(columns[seq_len(margins)], function(name) as.formula(paste("~", name)))
levels_of <- split(targets, rep(seq_len(margins), sapply(columns[seq_len(margins)], function(name) nlevels(data[[name]]))))
totals <- c("(Intercept)" = frame, unlist(lapply(seq_len(margins), function(i) levels_of[[i]][-1])))
model <- as.formula(paste("~", paste(columns[seq_len(margins)], collapse = " + ")))
names(totals) <- colnames(model.matrix(model, data[1:2, ]))
cat("rake_seconds", seconds(calibrated <- calibrate(design, model, totals, calfun = "raking", epsilon = 1e-10, maxit = 100)), "\n")
fixed <- svydesign(ids = ~1, weights = weights(calibrated), fpc = ~frame, data = data)

overall <- function(name, of) svymean(as.formula(paste("~", name)), of, na.rm = TRUE)
within <- function(name, of) svyby(as.formula(paste("~", name)), ~m0, of, svymean, na.rm = TRUE)
for (kind in c("fixed", "calibrated")) {
  of <- get(kind); found <- list()
  spent <- seconds(for (name in columns[-seq_len(margins)]) found[[name]] <- list(overall(name, of), within(name, of)))
  cat(paste0(kind, "_seconds"), spent / items, "\n")
}
for (name in names(found)) {
  whole <- found[[name]][[1]]; parts <- found[[name]][[2]]; k <- length(coef(whole))
  for (i in seq_len(k)) cat(name, "all", i - 1, sprintf("%.17g %.17g", coef(whole)[i], SE(whole)[i]), "\n")
  errors <- as.matrix(SE(parts))
  for (d in seq_len(nrow(parts))) for (i in seq_len(k))
    cat(name, as.character(parts$m0[d]), i - 1, sprintf("%.17g %.17g", parts[d, 1 + i], errors[d, i]), "\n")
}
