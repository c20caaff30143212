package bulk

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"tallyfy-admin/handlers/csvfile"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// The limits of what can be given.
const (
	MostBytes = 2 << 20
	MostLines = 2000
	mostCell  = 5000 // characters: the longest text that Tallyfy takes
)

// A Sheet is what somebody gave: lines with a cell for each of the columns that are known.
type Sheet struct {
	// Header is the first line as it was given, empty for lines that were pasted without one. Known has the
	// column of each of its cells, Other for one that is not used.
	Header []string
	Known  []Column
	Lines  []Line
}

// A Line is one of a sheet. N counts from 1, as editors and spreadsheet programs do.
type Line struct {
	N     int
	Cells []string
}

// Cell is a line's cell of a column, tidied; "" for none.
func (s *Sheet) Cell(l Line, c Column) string {
	for i, known := range s.Known {
		if known == c && i < len(l.Cells) && strings.TrimSpace(l.Cells[i]) != "" {
			return strings.TrimSpace(l.Cells[i])
		}
	}
	return ""
}

// Has reports that the sheet has a column.
func (s *Sheet) Has(c Column) bool { return slices.Contains(s.Known, c) }

// ReadFile reads a CSV file for a kind of work. Each problem is a sentence; with one nothing is taken.
// The first line has to name the columns: without a known name no line is taken for data.
func ReadFile(data []byte, k *Kind) (s Sheet, problems []string) {
	switch {
	case len(data) == 0:
		return s, []string{"The file is empty."}
	case len(data) > MostBytes:
		return s, []string{"The file is too large: 2 MB are taken at most."}
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return s, []string{"This is a workbook of a spreadsheet program. Save it as CSV (UTF-8) first, and choose that file."}
	}
	text, problem := decode(data)
	if problem != "" {
		return s, []string{problem}
	}
	return table(text, k)
}

// ReadText reads pasted lines: a table with a first line that names the columns; or one person a
// line, with the email address or the name; or several addresses a line.
func ReadText(text string, k *Kind) (s Sheet, problems []string) {
	switch {
	case strings.TrimSpace(text) == "":
		return s, []string{"Paste at least one line, or choose a file."}
	case len(text) > MostBytes:
		return s, []string{"The text is too long: 2 MB are taken at most."}
	case !utf8.ValidString(text) || !names.IsText(text):
		return s, []string{"The lines hold characters that are no text, such as control characters. Paste them anew."}
	}
	if !k.TakesLines() || looksLikeTable(text, k) {
		return table(text, k)
	}
	s.Known = []Column{Person}
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		for _, entry := range k.entries(strings.Trim(line, " \t,;")) {
			s.Lines = append(s.Lines, Line{i + 1, []string{entry}})
		}
	}
	return s, tooMany(s)
}

// entries are the people of a pasted line: one, or those of a list of addresses as mail programs
// write it. Where a line can name a successor, a second address may be meant as that.
func (k *Kind) entries(line string) []string {
	if line == "" {
		return nil
	}
	if !slices.Contains(k.columns, Successor) {
		if found, wrong := names.Addresses(line); len(found) > 1 && len(wrong) == 0 {
			return found
		}
	}
	return []string{line}
}

// Chosen is a sheet of people chosen on a list, a line each.
func Chosen(ids []string) Sheet {
	s := Sheet{Header: []string{string(ID)}, Known: []Column{ID}}
	for i, id := range ids {
		s.Lines = append(s.Lines, Line{i + 1, []string{id}})
	}
	return s
}

// FileText is the text of a file, to be mended in a form; "" for one that is no text.
func FileText(data []byte) string {
	text, problem := decode(data)
	if problem != "" || len(data) > MostBytes {
		return ""
	}
	return strings.ReplaceAll(text, "\r\n", "\n")
}

// looksLikeTable reports that the first line with something in it names a column of the kind.
func looksLikeTable(text string, k *Kind) bool {
	first, _, _ := strings.Cut(strings.TrimLeft(text, "\r\n \ufeff"), "\n")
	for _, sep := range separators {
		for _, cell := range strings.Split(first, string(sep)) {
			if c := k.column(strings.Trim(cell, "\" \r")); c != Other {
				return true
			}
		}
	}
	return false
}

// unclear refuses bytes of which nobody can say which characters they are.
const unclear = "The characters of the file can't be told for sure. Save it as CSV (UTF-8), and choose that file."

// decode makes text of a file: UTF-8, with or without its mark, UTF-16 with its mark, else Windows-1252. The problem
// says why not, "" for none.
func decode(data []byte) (text, problem string) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		text = string(data[3:])
		if !utf8.ValidString(text) {
			return "", unclear
		}
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		if len(data)%2 != 0 {
			return "", unclear
		}
		units := make([]uint16, 0, len(data)/2-1)
		for i := 2; i < len(data); i += 2 {
			low, high := data[i], data[i+1]
			if data[0] == 0xfe {
				low, high = high, low
			}
			units = append(units, uint16(high)<<8|uint16(low))
		}
		text = string(utf16.Decode(units))
		if strings.ContainsRune(text, utf8.RuneError) {
			return "", unclear
		}
	case utf8.Valid(data):
		text = string(data)
	default:
		for _, b := range data {
			if slices.Contains([]byte{0x81, 0x8d, 0x8f, 0x90, 0x9d}, b) { // no character of Windows-1252
				return "", unclear
			}
		}
		var err error
		if text, err = charmap.Windows1252.NewDecoder().String(string(data)); err != nil {
			return "", unclear
		}
	}
	if !names.IsText(text) {
		return "", "The file holds characters that are no text, such as control characters. Save it as CSV (UTF-8), and choose that file."
	}
	return text, ""
}

var separators = []rune{',', ';', '\t'}

// table reads lines whose first one names the columns. The separator is the one that makes most known names
// of it.
func table(text string, k *Kind) (s Sheet, problems []string) {
	text = strings.TrimPrefix(text, "\ufeff")
	skipped := 0
	for first, rest, ok := strings.Cut(text, "\n"); ok && blank(first); first, rest, ok = strings.Cut(text, "\n") {
		text, skipped = rest, skipped+1
	}
	best, found := ',', 0
	for _, sep := range separators {
		header, err := reader(text, sep).Read()
		known := 0
		for _, cell := range header {
			if k.column(cell) != Other {
				known++
			}
		}
		if err == nil && known > found {
			best, found = sep, known
		}
	}
	if found == 0 {
		return s, []string{"The first line has to name the columns. " + k.known() + " Nothing was taken."}
	}
	r := reader(text, best)
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return Sheet{}, []string{fmt.Sprintf("Line %d can't be read for sure: a quotation mark stands where none can be. Nothing was taken.", bad.Line+skipped)}
		}
		if err != nil {
			return Sheet{}, []string{"The lines can't be read for sure. Nothing was taken."}
		}
		n, _ := r.FieldPos(0)
		switch {
		case s.Header == nil:
			s.Header = cells
			for _, cell := range cells {
				s.Known = append(s.Known, k.column(cell))
			}
			problems = s.headerProblems(k)
		case !slices.ContainsFunc(cells, func(c string) bool { return !blank(c) }):
		default:
			if extra := len(cells) - len(s.Header); extra > 0 && slices.ContainsFunc(cells[len(s.Header):], func(c string) bool { return !blank(c) }) {
				problems = append(problems, fmt.Sprintf("Line %d has %s more than the first line names.", n+skipped, words.Count(extra, "cell", "cells")))
			}
			for i, c := range cells {
				cells[i] = unmark(c)
				if i < len(s.Known) && s.Known[i] != Other && s.Known[i] != Groups && utf8.RuneCountInString(c) > mostCell {
					problems = append(problems, fmt.Sprintf("Line %d has a cell with more than %s characters.", n+skipped, words.Number(mostCell)))
				}
			}
			s.Lines = append(s.Lines, Line{n + skipped, cells})
		}
		if len(problems) > 20 {
			return s, append(problems[:20], "There is more that can't be read.")
		}
	}
	if len(s.Lines) == 0 {
		problems = append(problems, "There is no line below the one that names the columns.")
	}
	return s, append(problems, tooMany(s)...)
}

func reader(text string, separator rune) *csv.Reader {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = separator, -1
	return r
}

func blank(s string) bool { return strings.Trim(s, " \t\r,;\u00a0") == "" }

func tooMany(s Sheet) []string {
	if len(s.Lines) > MostLines {
		return []string{fmt.Sprintf("There are %s lines; %s are taken at a time. Split them.", words.Number(len(s.Lines)), words.Number(MostLines))}
	}
	return nil
}

// headerProblems says all that is wrong with the names of the columns at once.
func (s *Sheet) headerProblems(k *Kind) (list []string) {
	seen := map[Column]string{}
	for i, c := range s.Known {
		if c == Other {
			continue
		}
		if earlier, twice := seen[c]; twice {
			list = append(list, fmt.Sprintf("“%s” and “%s” name the same column. Leave one of them.", names.Isolate(earlier), names.Isolate(strings.TrimSpace(s.Header[i]))))
		}
		seen[c] = strings.TrimSpace(s.Header[i])
	}
	for _, need := range k.needs {
		if !slices.ContainsFunc(need, s.Has) {
			list = append(list, "There is no column for "+k.words(need)+". "+k.known())
		}
	}
	return list
}

// unmark takes away what our own files put into a cell so that no spreadsheet program changes it: the
// apostrophe before a formula, and the mark of an id.
func unmark(cell string) string {
	return strings.TrimPrefix(csvfile.Unmarked(strings.TrimSpace(cell)), "id:")
}
