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

// Write writes a table. Each row has as many cells as there are columns.
func Write(w io.Writer, columns []string, rows iter.Seq[[]string]) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true // RFC 4180
	if err := out.Write(columns); err != nil {
		return err
	}
	cells := make([]string, len(columns))
	for row := range rows {
		for i := range cells {
			cells[i] = Plain(row[i])
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// inside is where a cell could be taken apart, with a formula behind. What it passes over in front of one is what blank says.
var inside = regexp.MustCompile(`([;\t\r\n][\s\x00-\x1f\x7f-\x{9f}\pZ\x{feff}\x{200b}]*)([=+\-@＝＋－＠])`)

// blank is what a program may drop from the beginning of a cell: white space, seen or unseen, and control characters.
func blank(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\ufeff' || r == '\u200b'
}

// Plain makes a cell that no spreadsheet program runs as a formula: one that begins with = + - @, a tab, a line end or their
// full-width forms gets an apostrophe in front, which those programs take as "this is text" (OWASP, CSV Injection). White
// space in front is no way around. Nor is a semicolon, a tab or a line end before it: where the comma is for decimals, those
// programs take the semicolon for the end of a cell, and do not see quotes in the middle of what they take for one.
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

// Name makes a file's name from words and the day: "members-aldermoor-logistics-2026-11-21.csv". It holds plain letters,
// digits and hyphens only, whatever the words hold.
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
		name = "export" // all in other scripts
	}
	return name + day.Format("-2006-01-02") + ".csv"
}
