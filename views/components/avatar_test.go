package components

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"":                  "?",
		"  ":                "?",
		"…—!":               "?",
		"'":                 "?",
		"Operations":        "O",
		"maren dahl":        "MD",
		"Noor van der Meer": "NM",
		"Chiara D'Angelo":   "CD",
		"Siobhán O’Brien":   "SO",
		"'t Hart":           "TH",
		"Đorđe Petrović":    "ĐP",
		"Łukasz Wiśniewski": "ŁW",
		"ליאור בן־דוד":      "לד",
		"ليلى الحداد":       "لا",
		"田中 太郎":             "田太",
		"प्रिया रघुनाथन":        "पर", // vowel signs belong to their word
		"Zoe\u0308 Lindqvist":   "ZL", // an accent that is a rune of its own
		"ßen":                   "ß",  // has no capital letter of one rune
		"Health & Safety":       "HS",
		"Night (<script>)":      "NS",
		"Customs/Compliance":    "CC",
		"2nd line 24/7":         "27",
		"anna@example.com":      "AC",
		"🚚 Fleet":               "F",
		"🚚":                     "?",
		"\u00a0Peak\u2009Load ": "PL",
	} {
		assert.Equal(t, want, Initials(name), "%q", name)
	}
}

func TestHueIsStableAndInTheStyleSheet(t *testing.T) {
	css, err := os.ReadFile("../../static/css/app.css")
	require.NoError(t, err)
	used := map[int]bool{}
	for i := range 500 {
		seed := strconv.Itoa(i)
		hue := Hue(seed)
		assert.Equal(t, hue, Hue(seed))
		used[hue] = true
	}
	assert.Len(t, used, Hues)
	for hue := range Hues {
		assert.True(t, used[hue])
		assert.Regexp(t, `\.hue-`+strconv.Itoa(hue)+`\b`, string(css))
	}
	// The hue of a group must not change with a new build: people know a group by it.
	assert.Equal(t, 11, Hue("operations"))
}

func TestAvatar(t *testing.T) {
	for want, props := range map[string]AvatarProps{
		`<span class="avatar hue-6" aria-hidden="true">MD</span>`:                                                          {Name: "Maren Dahl", Seed: "k"},
		`<span class="avatar large person hue-6" aria-hidden="true">MD</span>`:                                             {Name: "Maren Dahl", Seed: "k", Large: true, Person: true},
		`<img class="avatar large" src="/groups/&#34;&lt;/logo?a=1&amp;v=2" alt="" width="40" height="40" loading="lazy">`: {Name: "x", Image: `/groups/"</logo?a=1&v=2`, Large: true},
	} {
		var out strings.Builder
		require.NoError(t, Avatar(props).Render(t.Context(), &out))
		assert.Equal(t, want, out.String())
	}
}
