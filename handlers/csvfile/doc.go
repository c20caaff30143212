// Package csvfile writes tables as CSV files that spreadsheet programs open correctly: RFC 4180,
// UTF-8 with a byte order mark, and no cell that begins like a formula, wherever a program may split
// them.
//
// It imports nothing of ours. Handlers decide what is in a table: a new column is theirs.
package csvfile
