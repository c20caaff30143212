package names

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
)

func TestIsolate(t *testing.T) {
	for name, want := range map[string]string{
		"":                                  "",
		"Ann Lee":                           "Ann Lee",
		"Łódź, 12 & Søn":                    "Łódź, 12 & Søn",
		"田中":                                "田中",
		"צוות":                              "\u2068צוות\u2069",
		"\u2067Sami":                        "Sami",
		"Noa \u202eivel":                    "Noa ivel",
		"Sami\u2069":                        "Sami",
		"Sami\u202c":                        "Sami",
		"a \u202eb\u202c c":                 "\u2068a \u202eb\u202c c\u2069",
		"\u2067a\u2069\u2069":               "\u2068\u2067a\u2069\u2069",
		"\u2067\u202ea\u2069b\u202c":        "\u2068\u2067a\u2069b\u2069",
		"\u2067a\u202c\u2069":               "\u2068\u2067a\u2069\u2069",
		"\u200fAnn":                         "\u2068\u200fAnn\u2069",
		"a" + strings.Repeat("\u0301", 200): "a" + strings.Repeat("\u0301", 6),
		"one\ntwo\u2029three\x00":           "one two three ",
		"br\xffken":                         "br\ufffdken",
	} {
		assert.Equal(t, want, Isolate(name), "%q", name)
		assert.Equal(t, Isolate(name), Isolate(name), "twice")
	}
	assert.Equal(t, "Remove צוות", Plain("Remove "+Isolate("צוות")))
}

func TestList(t *testing.T) {
	for _, test := range []struct {
		names []string
		want  string
	}{
		{nil, ""},
		{[]string{"a"}, "a"},
		{[]string{"Legal, Risk and Audit"}, "Legal, Risk and Audit"},
		{[]string{"a", "b"}, "a and b"},
		{[]string{"a", "b", "c"}, "a, b and c"},
		{[]string{"Legal, Risk", "Sales"}, "“Legal, Risk” and Sales"},
		{[]string{"Sales and", "x", "Risk  AND Audit"}, "“Sales and”, x and “Risk  AND Audit”"},
		{[]string{"Andes", "Land"}, "Andes and Land"},
		{[]string{"צוות", "b"}, "\u2068צוות\u2069 and b"},
	} {
		assert.Equal(t, test.want, List(test.names))
	}
	assert.Equal(t, "a, b and 2 more", Some([]string{"a", "b"}, 2))
	assert.Equal(t, "“a, b”, c and 2 more", Some([]string{"a, b", "c"}, 2))
}

func TestCell(t *testing.T) {
	assert.Equal(t, `"Sales; EMEA"; Legal, Risk and Audit; "the ""A"" team"; צוות`, Cell([]string{"Sales; EMEA", "Legal, Risk and Audit", `the "A" team`, "צוות"}))
	assert.Equal(t, "", Cell(nil))
}

func TestAlike(t *testing.T) {
	for _, same := range [][]string{
		{"Ann Lee", "Ann\u00a0Lee", "Ann Lee\u200b", "Ann  Lee", " ann lee ", "ANN\u3000LEE", "A\u00adnn Lee", "\u202eAnn Lee", "Ａｎｎ Lee", "Ann\u2800Lee", "\u0410nn L\u0435e"},
		{"Andr\u00e9", "Andre\u0301", "ANDR\u00c9"},
		{"O'Neil", "O\u2019Neil", "O`Neil", "O\u02bcNeil"},
		{"Ma\u00dfmann", "MASSMANN", "Ma\u1e9emann"},
		{"A-B", "A\u2011B", "A\u2013B", "A\u2212B"},
		{"Ops\u3164", "Ops", "Ops\ufe0f"},
		{"\ufb01nance", "Finance"},
		{"\u0149a", "'Na", "\u2019na"},
		{"Ꭰꭱ", "ꭰꭱ", "ꭰᎡ"},
	} {
		for _, other := range same {
			assert.True(t, Alike(same[0], other), "%q %q", same[0], other)
		}
	}
	for _, other := range [][2]string{{"André", "Andre"}, {"Łódź", "Lodz"}, {"Team 2", "Team 20"}, {"ab", "a b"}, {"صوت", "صوف"}} {
		assert.False(t, Alike(other[0], other[1]), "%q", other)
	}
}

// A text that was folded once is the same when it is folded again: some are stored folded.
func TestFoldOfEveryCharacter(t *testing.T) {
	for r := range unicode.MaxRune + 1 {
		once := Fold(string(r))
		if twice := Fold(once); twice != once {
			t.Errorf("%U is %q, then %q", r, once, twice)
		}
	}
}

// A text of a megabyte is not gone through once for each of its words.
func TestCleanOfALongText(t *testing.T) {
	long := strings.Repeat("mailto:", 2000) + "uma@example.org"
	assert.Equal(t, "uma@example.org", Clean(long))
	assert.Less(t, testing.AllocsPerRun(1, func() { Clean(long) }), 100.0)
}

func TestSearch(t *testing.T) {
	text := Search("Ingrid Solheim-Łódź\nsiobhan.o’brien@example.com Tomás")
	for _, query := range []string{
		"Solheim Ingrid", "ingrid", "Siobhan O'Brien", "Tomas", "TOMÁS", "lodz", "solheim\u2013", "\u200bingrid", "mailto:siobhan.o'brien@example.com",
		"Siobhan <siobhan.o'brien@example.com>", "“Tomás”", "",
	} {
		assert.True(t, HasAll(text, Words(query)), "%q", query)
	}
	assert.False(t, HasAll(text, Words("ingrid herrera")))
}

func TestClean(t *testing.T) {
	for pasted, want := range map[string]string{
		"uma@example.org\u200b": "uma@example.org", "Uma Uhl <uma@example.org>": "uma@example.org", "mailto:uma@example.org": "uma@example.org",
		"\ufeffuma@example.org": "uma@example.org", "“uma@example.org”": "uma@example.org", "'uma@example.org'": "uma@example.org",
		"uma@example.org.": "uma@example.org", "uma@example.org/": "uma@example.org", "<MailTo:uma@example.org?subject=x>": "uma@example.org",
		"(uma@example.org),": "uma@example.org", "Uma Uhl <uma@example.org>:": "uma@example.org", "(Uma Uhl <uma@example.org>)": "uma@example.org", `"Uhl, Uma" <uma@example.org>;`: "uma@example.org",
		"Team\u00a0 2": "Team 2", "O'Neil": "O'Neil", ".": ".", "": "", "mailto:": "mailto", "a\x00b\xff": "a b",
	} {
		assert.Equal(t, want, Clean(pasted), "%q", pasted)
	}
}

func TestAddresses(t *testing.T) {
	for _, test := range []struct {
		pasted       string
		found, wrong []string
	}{
		{"", nil, nil},
		{"ann@example.com, bob@example.com;c@x.example\nd@x.example e@x.example", []string{"ann@example.com", "bob@example.com", "c@x.example", "d@x.example", "e@x.example"}, nil},
		{`Ann Example <ann@example.com>; "Beam, Bob" <bob@example.com>`, []string{"ann@example.com", "bob@example.com"}, nil},
		{"Beam, Bob <bob@example.com>, ann@example.com", []string{"bob@example.com", "ann@example.com"}, nil},
		{"ann@example.com\u200b, ANN@example.com, mailto:ann@example.com\n'ann@example.com' ann@example.com. ann@example.com/ \u201cann@example.com\u201d", []string{"ann@example.com"}, nil},
		{"\ufeffbob@example.com\u00a0ann@example.com", []string{"bob@example.com", "ann@example.com"}, nil},
		{"Ann Example, bob@", nil, []string{"Ann Example", "bob@"}},
		{"jo@localhost ann@example.com", []string{"ann@example.com"}, []string{"jo@localhost"}},
		{"<script>", nil, []string{"<script>"}},
		{`"never closed, ann@example.com`, []string{"ann@example.com"}, []string{`"never closed`}},
		{",;\u200b, \n", nil, nil},
		{strings.Repeat("a", 250) + "@x.example", nil, []string{strings.Repeat("a", 250) + "@x.example"}},
	} {
		found, wrong := Addresses(test.pasted)
		assert.Equal(t, test.found, found, "%q", test.pasted)
		assert.Equal(t, test.wrong, wrong, "%q", test.pasted)
	}
}

func TestOrder(t *testing.T) {
	want := []string{"12 Ops", "apple", "Apple", "Ärzte", "Arzu", "Łódź", "Team", "Team 0", "Team 1", "Team 02", "Team 2a", "Team 9", "Team 10", "Team 99999999", "Team 999999999", "Team 1000000000", "Zulu"}
	list := slices.Clone(want)
	slices.Reverse(list)
	slices.SortFunc(list, Compare)
	assert.Equal(t, want, list)
	slices.Reverse(list)
	slices.SortFunc(list, func(a, b string) int { return strings.Compare(Key(a), Key(b)) })
	assert.Equal(t, want, list)
}

func TestMarked(t *testing.T) {
	assert.Equal(t, "Bo Ek (bo@example.com)", Marked("Bo Ek", "bo@example.com"))
	assert.Equal(t, "bo@example.com", Marked("bo@example.com", "BO@example.com"))
	assert.Equal(t, "Bo Ek", Marked("Bo Ek", ""))
}

func FuzzForeignText(f *testing.F) {
	f.Add("Noa \u202eivel\u2069")
	f.Add(`"a, b" <a@x.example>; mailto:b@x.example`)
	f.Fuzz(func(t *testing.T, s string) {
		neutral := Neutral(s)
		if Neutral(neutral) != neutral || Fold(Fold(s)) != Fold(s) {
			t.Errorf("%q is not the same the second time", s)
		}
		Words(s)
		Addresses(s)
		Key(s)
		if cleaned := Clean(s); Clean(cleaned) != cleaned {
			t.Errorf("%q, then %q", cleaned, Clean(cleaned))
		}
	})
}
