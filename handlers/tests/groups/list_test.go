package groups_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
)

func TestGroupListTakesOneCall(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/groups")
	assert.Equal(t, http.StatusOK, p.Status)
	assert.Equal(t, "1 to 25 of 34 groups", p.Text(".page-title .note"))
	assert.Len(t, p.Texts("tbody tr"), 25)
	assert.Len(t, s.Sandbox.Requests(), 1)
}

func TestRowsSayWhatTallyfySaysOfAGroup(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	g := s.Group("Carrier Partners")
	p := s.Get("/groups?q=Carrier+Partners").Whole(http.StatusOK)
	for label, want := range map[string]string{
		"Description": g.Description, "Members": strconv.Itoa(len(g.Members)), "Guests": strconv.Itoa(len(g.Guests)),
	} {
		assert.Equal(t, []string{want}, p.Texts("tbody td[data-label="+label+"]"), label)
	}
	assert.NotEqual(t, len(g.Members), len(g.Guests), "else the test tells nothing")
}

// On a narrow screen a cell shows its own label in the place of the head.
func TestLabelsOfCellsAreTheHeadsOfTheirColumns(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for _, list := range []string{"/groups", "/members"} {
		p := s.Get(list)
		heads := p.Texts("thead th")
		cells := p.Find("tbody tr").First().Find("td")
		assert.Equal(t, len(heads), cells.Length(), list)
		for i, head := range heads[1:] {
			assert.Equal(t, head, cells.Eq(i+1).AttrOr("data-label", ""), list)
		}
	}
}
