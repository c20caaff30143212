package names

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"tallyfy-admin/tallyfy"
)

// Alike reports whether two texts look the same, or so much so that a reader may take one for the other.
func Alike(a, b string) bool { return a == b || Fold(a) == Fold(b) }

// Fold makes texts equal that look the same. It does away with letter case, composition, width, blanks
// beside the first, invisible characters, kinds of apostrophe, quotation mark and dash, and with letters
// of other scripts that are drawn like Latin ones. Accents stay: they are seen.
func Fold(s string) string {
	if isASCII(s) {
		return oneBlank(strings.ToLower(strings.ReplaceAll(s, "`", "'")))
	}
	s = strings.Map(standard, strings.ToValidUTF8(s, "\ufffd"))
	// Decomposed, a letter of another script shows what is drawn like a Latin one, accent or not, and
	// some letters show an apostrophe.
	s = strings.Map(latin, strings.Map(standard, cases.Fold().String(norm.NFKD.String(s))))
	return oneBlank(norm.NFC.String(s))
}

// Search makes texts equal that people type for one another: what looks the same, and letters without
// their accents or as they are written without the key.
func Search(s string) string {
	s = unaccented.Replace(Fold(s))
	if isASCII(s) {
		return s
	}
	t := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	if plain, _, err := transform.String(t, s); err == nil {
		s = plain
	}
	return s
}

// Words are the words of a query as a search looks for them in texts that went through Search.
func Words(query string) []string { return strings.Fields(Search(Clean(query))) }

// Bag is the words of a query in an order of their own, to compare names whatever the order of their parts.
func Bag(s string) string {
	words := Words(s)
	slices.Sort(words)
	return strings.Join(words, " ")
}

// HasAll reports whether a text that went through Search holds every word.
func HasAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

func oneBlank(s string) string { return strings.Join(strings.Fields(s), " ") }

// standard writes what is drawn in several ways in one of them, and drops what is not drawn at all.
func standard(r rune) rune {
	switch {
	case strings.ContainsRune("‘’‚‛′‵ʹʻʼʽˈ`´＇ʾʿ՚׳", r):
		return '\''
	case strings.ContainsRune("“”„‟″‶«»＂״", r):
		return '"'
	case unicode.Is(unicode.Dash, r) || r == '\u00af' || r == '\u02d7':
		return '-'
	case unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Z, r) || strings.ContainsRune("\u2800\u115f\u1160\u3164\uffa0", r):
		return ' '
	case unicode.Is(unicode.Cherokee, r):
		return unicode.ToUpper(r) // x/text makes its capitals small and its small letters capitals
	case tallyfy.Unseen(r):
		return -1
	}
	return r
}

// latin is the Latin letter that a folded letter of another script is drawn like, be it as a capital.
func latin(r rune) rune {
	if l, ok := drawnLikeLatin[r]; ok {
		return l
	}
	return r
}

// drawnLikeLatin are the letters of Cyrillic and Greek that Unicode's table of confusables (UTS 39) gives
// for a Latin one, as a capital or a small letter. x/text has no such table.
var drawnLikeLatin = pairs("авеѕіјкӏмнорԛстуԝхһԁԍүғ", "abesijklmhopqctywxhdgyf", "αβεζηικμνορτυχϲϳ", "abezhikmvoptyxcj")

func pairs(of ...string) map[rune]rune {
	table := map[rune]rune{}
	for i := 0; i < len(of); i += 2 {
		for at, r := range []rune(of[i]) {
			table[r] = rune(of[i+1][at])
		}
	}
	return table
}

// unaccented writes letters that Unicode does not take apart as people type them who lack the key.
var unaccented = strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "ħ", "h", "æ", "ae", "œ", "oe", "ı", "i")

// isASCII reports whether a text is ASCII without controls.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}
