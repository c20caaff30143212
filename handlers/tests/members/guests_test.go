package members_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

func TestGuestsAreListedWithTheirGroups(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/guests").Whole(http.StatusOK)
	assert.Equal(t, []string{"Guest", "Email", "Company", "Groups", "Last access"}, p.Texts("thead th"))
	assert.Equal(t, []string{"All 18", "In no group 1"}, p.Texts(".tabs a"))
	assert.Equal(t, 18, total(p))
	cells := p.Find("tbody tr:contains('bram@tyres') td").Map(func(_ int, td *goquery.Selection) string { return strings.Join(strings.Fields(td.Text()), " ") })
	require.Len(t, cells, 5)
	assert.Equal(t, []string{"BVBram Verhoeven", "bram@tyres.example.com", "Verhoeven Banden", "1 Fleet and Drivers"}, cells[:4])
	assert.Regexp(t, `^\d{1,2} [A-Z][a-z]{2} 20\d\d \d+ days ago$`, cells[4])
	assert.Equal(t, "/guests/bram@tyres.example.com", p.Link("Bram Verhoeven"))
	assert.False(t, strings.Contains(p.Body, "sandbox.invalid/guest"), "the link that signs a guest in is a secret")

	none := p.Follow("In no group 1")
	assert.Equal(t, []string{"OCOld Contact Deleted"}, none.Texts("tbody .identity"))
	assert.Equal(t, []string{"Goran Marić"}, s.Get("/guests?q=maric+transport").Texts("tbody .name"), "also by company")
	never := s.Get("/guests?seen=never").Texts("tbody td.end")
	assert.NotEmpty(t, never)
	assert.Empty(t, slices.DeleteFunc(never, func(text string) bool { return text == "never" }))
}

func TestGuestsSortEitherWayAndPage(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for sort, column := range map[string]string{"name": "tbody .name", "email": "tbody .sub"} {
		up := walked(s.Get("/guests?per_page=10&sort="+sort), column, 10)
		down := walked(s.Get("/guests?per_page=10&sort=-"+sort), column, 10)
		require.Len(t, up, 18)
		slices.Reverse(down)
		assert.Equal(t, up, down, sort)
	}
	companies := s.Get("/guests?sort=-company").Texts("tbody .company")
	assert.Empty(t, companies[len(companies)-1], "who has none comes last")
}

// The list takes the groups and the guests, once for a while, and its file is what it shows.
func TestGuestsCostTwoCallsOnce(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Get("/guests").Whole(http.StatusOK)
	assert.Len(t, s.Sandbox.Requests(), 2)
	s.Sandbox.ClearRequests()
	p := s.Get("/guests?q=transport&sort=-email").Whole(http.StatusOK)
	assert.Empty(t, s.Sandbox.Requests())
	rows := file(exported(p), "Name", "Email", "Company", "Status", "Groups", "Created (UTC)", "Last access (UTC)", "Id")
	assert.Equal(t, p.Texts("tbody .sub"), column(rows, 1))
	assert.Equal(t, "Carrier Partners", rows[0][4])

	s.GroupForm("Night watch", "d").Set("guests", "new.guest@example.org").Submit("Create the group").Whole(http.StatusOK)
	assert.Equal(t, []string{"1 Night watch"}, s.Get("/guests?q=new.guest").Texts("tbody .groups"), "a change of ours is there at once")
}

func TestGuestsThatTakeLongSayHowFarTheyAre(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Directory: directory.Options{Wait: time.Millisecond}})
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.GuestsRoute, Hang: true})
	for path, title := range map[string]string{"/guests": "Guests", "/guests.csv": "Preparing the file"} {
		p := s.Get(path).Whole(http.StatusOK)
		assert.Equal(t, title, p.Text("h1"))
		assert.Equal(t, "2", p.Header.Get("Refresh"))
		assert.Contains(t, p.Text("main [role=status]"), "0 guests and ")
	}
}
