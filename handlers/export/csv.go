package export

import (
	"encoding/csv"
	"io"
	"iter"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// byteOrderMark tells spreadsheet programs that the text is UTF-8; without it they garble accents.
const byteOrderMark = "\ufeff"

// CSV writes a table. Each row has as many cells as there are columns.
func CSV(w io.Writer, columns []string, rows iter.Seq[[]string]) error {
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

// Plain makes a cell that no spreadsheet program runs as a formula: one that begins with = + - @, a tab, a line end or their
// full-width forms gets an apostrophe in front, which those programs take as "this is text" (OWASP, CSV Injection). White
// space in front is no way around.
func Plain(cell string) string {
	first := strings.TrimLeftFunc(cell, func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b' })
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
	return name[:min(len(name), 80)] + day.Format("-2006-01-02") + ".csv"
}
