package csvfile

import (
	"encoding/csv"
	"io"
	"iter"
	"regexp"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// byteOrderMark tells spreadsheet programs that the text is UTF-8; without it they garble accents.
const byteOrderMark = "\ufeff"

// The characters between cells. Spreadsheet programs expect a semicolon where decimals have a comma.
const (
	Comma     = ','
	Semicolon = ';'
)

// Write writes a table, with a separator between the cells. Each row has as many cells as there are columns.
func Write(w io.Writer, separator rune, columns []string, rows iter.Seq[[]string]) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true // RFC 4180
	out.Comma = separator
	if err := out.Write(columns); err != nil {
		return err
	}
	cells := make([]string, len(columns))
	for row := range rows {
		for i := range cells {
			cells[i] = Plain(row[i])
			if separator != Comma { // cells with a comma are not quoted, and another program may split them there
				cells[i] = behindComma.ReplaceAllString(cells[i], "$1'$2")
			}
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// inside matches a formula behind a character at which a program could split a cell, and the blanks
// between them.
var inside = regexp.MustCompile(`([;\t\r\n][\s\x00-\x1f\x7f-\x{9f}\pZ\x{feff}\x{200b}"]*)([=+\-@＝＋－＠])`)

// behindComma is the same behind a comma.
var behindComma = regexp.MustCompile(`(,[\s\x00-\x1f\x7f-\x{9f}\pZ\x{feff}\x{200b}"]*)([=+\-@＝＋－＠])`)

// blank reports the characters that a program may drop from the beginning of a cell: white space,
// visible or not, control characters, and a quotation mark.
func blank(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\ufeff' || r == '\u200b' || r == '"'
}

// Plain returns a cell that no spreadsheet program runs as a formula (OWASP, CSV Injection). A cell
// that begins with = + - @, their full-width forms, a tab or a line end gets an apostrophe in
// front, which marks text. Blanks before such a character change nothing. An apostrophe also goes
// between a semicolon, a tab or a line end and a formula: where the comma is for decimals, programs
// split cells at semicolons, and ignore quotes in the middle of a cell.
func Plain(cell string) string {
	cell = inside.ReplaceAllString(cell, "$1'$2")
	first := strings.TrimLeftFunc(cell, blank)
	if first != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(first)[0]) {
		return "'" + cell
	}
	if cell != "" && strings.ContainsRune("\t\r\n", []rune(cell)[0]) {
		return "'" + cell
	}
	return cell
}

// Unmarked takes away the apostrophes that Write put into a cell.
func Unmarked(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && Plain(rest) == cell {
		cell = rest
	}
	return marked.ReplaceAllString(cell, "$1$2")
}

// marked matches what Write does to a formula inside a cell.
var marked = regexp.MustCompile(`([,;\t\r\n][\s\x00-\x1f\x7f-\x{9f}\pZ\x{feff}\x{200b}"]*)'([=+\-@＝＋－＠])`)

// Name makes a file's name of words and the day: "members-aldermoor-logistics-2026-11-21.csv". It
// has plain letters, digits and hyphens only, whatever the words contain.
func Name(day time.Time, words ...string) string {
	toASCII := transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)))
	var parts []string
	for _, word := range words {
		plain, _, err := transform.String(toASCII, word)
		if err != nil {
			continue
		}
		parts = append(parts, strings.FieldsFunc(strings.ToLower(plain), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })...)
	}
	name := strings.Join(parts, "-")
	name = strings.TrimSuffix(name[:min(len(name), 80)], "-")
	if name == "" {
		name = "export" // all words are in other scripts
	}
	return name + day.Format("-2006-01-02") + ".csv"
}
