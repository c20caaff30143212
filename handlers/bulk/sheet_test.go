package bulk_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/csvfile"
)

var adding = bulk.KindOf(bulk.AddToGroups)

func utf16File(text string, big bool) []byte {
	b := []byte{0xff, 0xfe}
	if big {
		b = []byte{0xfe, 0xff}
	}
	for _, u := range utf16.Encode([]rune(text)) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return b
}

// The same two people come out of every way of writing them down.
func TestFilesOfEachKind(t *testing.T) {
	t.Parallel()
	const plain = "Name,Email,Groups\r\nZoë Ünal,zoe@x.example,Payroll\r\nJán,jan@x.example,\r\n"
	windows, err := charmap.Windows1252.NewEncoder().Bytes([]byte(strings.ReplaceAll(plain, "Ján", "Jan")))
	require.NoError(t, err)
	var exported bytes.Buffer
	require.NoError(t, csvfile.Write(&exported, ';', []string{"Name", "Email", "Role", "Id"}, func(yield func([]string) bool) {
		yield([]string{"=Zoë", "zoe@x.example", "Standard", "id:20552"})
	}))
	for name, test := range map[string]struct {
		data                []byte
		name, email, second string
	}{
		"UTF-8":                {[]byte(plain), "Zoë Ünal", "zoe@x.example", "jan@x.example"},
		"with a mark":          {[]byte("\ufeff" + plain), "Zoë Ünal", "zoe@x.example", "jan@x.example"},
		"UTF-16":               {utf16File(plain, false), "Zoë Ünal", "zoe@x.example", "jan@x.example"},
		"UTF-16, big":          {utf16File(plain, true), "Zoë Ünal", "zoe@x.example", "jan@x.example"},
		"Windows-1252":         {windows, "Zoë Ünal", "zoe@x.example", "jan@x.example"},
		"semicolons":           {[]byte(strings.ReplaceAll(plain, ",", ";")), "Zoë Ünal", "zoe@x.example", "jan@x.example"},
		"tabs":                 {[]byte(strings.ReplaceAll(plain, ",", "\t")), "Zoë Ünal", "zoe@x.example", "jan@x.example"},
		"another order, quote": {[]byte("\n\nE-MAIL ADDRESS, full  name \n\"zoe@x.example\",\"Ünal, Zoë\"\n\njan@x.example,Jan"), "Ünal, Zoë", "zoe@x.example", "jan@x.example"},
		"an export of ours":    {exported.Bytes(), "=Zoë", "zoe@x.example", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, problems := bulk.ReadFile(test.data, adding)
			require.Empty(t, problems)
			assert.Equal(t, test.name, s.Cell(s.Lines[0], bulk.Name))
			assert.Equal(t, test.email, s.Cell(s.Lines[0], bulk.Email))
			if test.second != "" {
				require.Len(t, s.Lines, 2)
				assert.Equal(t, test.second, s.Cell(s.Lines[1], bulk.Email))
			} else {
				assert.Equal(t, "20552", s.Cell(s.Lines[0], bulk.ID), "without the mark of an id")
			}
		})
	}
}

func TestLinesAreThoseOfTheFile(t *testing.T) {
	t.Parallel()
	s, problems := bulk.ReadFile([]byte("\n\nEmail,Message\na@x.example,\"two\nlines\"\n\nb@x.example,\n"), adding)
	require.Empty(t, problems)
	require.Len(t, s.Lines, 2)
	assert.Equal(t, []int{4, 7}, []int{s.Lines[0].N, s.Lines[1].N})
}

// What can't be read for sure is refused with every reason, and nothing is guessed.
func TestFilesThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		data []byte
		kind string
		want []string
	}{
		"empty":              {nil, bulk.AddToGroups, []string{"The file is empty."}},
		"a workbook":         {[]byte("PK\x03\x04rest"), bulk.AddToGroups, []string{"This is a workbook of a spreadsheet program. Save it as CSV (UTF-8) first, and choose that file."}},
		"too large":          {bytes.Repeat([]byte("a"), bulk.MostBytes+1), bulk.AddToGroups, []string{"The file is too large: 2 MB are taken at most."}},
		"half a UTF-16":      {[]byte("\xff\xfea"), bulk.AddToGroups, []string{"The characters of the file can't be told for sure. Save it as CSV (UTF-8), and choose that file."}},
		"no Windows-1252":    {[]byte("Email\nzo\x81@x.example"), bulk.AddToGroups, []string{"The characters of the file can't be told for sure. Save it as CSV (UTF-8), and choose that file."}},
		"UTF-16, no mark":    {utf16File("Email\na@x.example", false)[2:], bulk.AddToGroups, []string{"The file holds characters that are no text, such as control characters. Save it as CSV (UTF-8), and choose that file."}},
		"no header":          {[]byte("zoe@x.example;Payroll\n"), bulk.AddToGroups, []string{"The first line has to name the columns. Known names are: person, email, id, name, groups. Nothing was taken."}},
		"only a header":      {[]byte("Email;Groups\n"), bulk.AddToGroups, []string{"There is no line below the one that names the columns."}},
		"all faults at once": {[]byte("Email,E-mail,Address,Groups\na,b,c,d,e\n"), bulk.RemoveMembers, []string{"“Email” and “E-mail” name the same column. Leave one of them.", "“E-mail” and “Address” name the same column. Leave one of them.", "Line 2 has 1 cell more than the first line names."}},
		"nobody":             {[]byte("Successor\nx\n"), bulk.RemoveMembers, []string{"There is no column for the person (email, id, name or person). Known names are: person, email, id, name, successor."}},
		"a group without":    {[]byte("Name\nx\n"), bulk.CreateGroups, []string{"There is no column for the description. Known names are: name, description, members, guests."}},
		"a stray quote":      {[]byte("Email\na@x.example\nb\"@x.example\n"), bulk.AddToGroups, []string{"Line 3 can't be read for sure: a quotation mark stands where none can be. Nothing was taken."}},
		"an open quote":      {[]byte("Email\n\"a@x.example\nb@x.example\n"), bulk.AddToGroups, []string{"Line 3 can't be read for sure: a quotation mark stands where none can be. Nothing was taken."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problems := bulk.ReadFile(test.data, bulk.KindOf(test.kind))
			assert.Equal(t, test.want, problems)
		})
	}
}

// A list of addresses as mail programs write it is one person each, but not where the second one may
// be a successor.
func TestAddressesOfOneLine(t *testing.T) {
	t.Parallel()
	const text = "Ann Example <ann@x.example>; \"Beam, Bob\" <bob@x.example>, c@x.example\nDahl, Maren\nd@x.example, Eve\n"
	s, problems := bulk.ReadText(text, adding)
	require.Empty(t, problems)
	line := func(n int, entry string) bulk.Line { return bulk.Line{N: n, Cells: []string{entry}} }
	assert.Equal(t, []bulk.Line{
		line(1, "ann@x.example"), line(1, "bob@x.example"), line(1, "c@x.example"), line(2, "Dahl, Maren"), line(3, "d@x.example, Eve"),
	}, s.Lines)
	s, problems = bulk.ReadText("a@x.example; b@x.example", bulk.KindOf(bulk.RemoveMembers))
	require.Empty(t, problems)
	assert.Equal(t, []bulk.Line{line(1, "a@x.example; b@x.example")}, s.Lines)
}

func TestTooManyLines(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("a@x.example\n", bulk.MostLines+1)
	_, problems := bulk.ReadText(text, adding)
	assert.Equal(t, []string{"There are 2,001 lines; 2,000 are taken at a time. Split them."}, problems)
	_, problems = bulk.ReadFile([]byte("Email\n"+text), adding)
	assert.Equal(t, []string{"There are 2,001 lines; 2,000 are taken at a time. Split them."}, problems)
}

func TestPastedLines(t *testing.T) {
	t.Parallel()
	s, problems := bulk.ReadText("zoe@x.example\r\n\r\n Jan Novák <jan@x.example>,\r\nOmar Ali", adding)
	require.Empty(t, problems)
	assert.Equal(t, []bulk.Line{{N: 1, Cells: []string{"zoe@x.example"}}, {N: 3, Cells: []string{"Jan Novák <jan@x.example>"}}, {N: 4, Cells: []string{"Omar Ali"}}}, s.Lines)

	s, problems = bulk.ReadText("Email\tGroups\nzoe@x.example\tPayroll", adding)
	require.Empty(t, problems)
	assert.Equal(t, "Payroll", s.Cell(s.Lines[0], bulk.Groups), "from a spreadsheet program")

	for text, want := range map[string]string{
		" \n": "Paste at least one line, or choose a file.", "a\x00": "The lines hold characters that are no text, such as control characters. Paste them anew.",
	} {
		_, problems = bulk.ReadText(text, adding)
		assert.Equal(t, []string{want}, problems)
	}
	_, problems = bulk.ReadText("Depot", bulk.KindOf(bulk.CreateGroups))
	assert.NotEmpty(t, problems, "groups need a table")
}

// Whatever bytes come, each line is one of the text, and a sheet with problems is not used.
func FuzzReadFile(f *testing.F) {
	f.Add([]byte("Email;Groups\nzoe@x.example;\"a\"\n"))
	f.Add(utf16File("Name,Id\nx,1", true))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, kind := range bulk.Kinds {
			s, problems := bulk.ReadFile(data, kind)
			if len(problems) > 0 {
				continue
			}
			require.NotEmpty(t, s.Lines)
			require.LessOrEqual(t, len(s.Lines), bulk.MostLines)
			last := 1
			for _, l := range s.Lines {
				require.Greater(t, l.N, last)
				last = l.N
				_ = s.Cell(l, bulk.Email)
			}
			require.Len(t, s.Known, len(s.Header))
		}
	})
}
