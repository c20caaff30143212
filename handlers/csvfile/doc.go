// Package csvfile writes tables as CSV files that spreadsheet programs open right: RFC 4180, UTF-8 with the mark that they
// look for, and no cell that they could take for a formula. It imports nothing of ours; handlers decide what is in a table.
package csvfile
