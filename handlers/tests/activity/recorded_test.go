package activity_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// A press is one of the buttons that change something in Tallyfy.
type press struct {
	form   func(s *sitetest.Site) *sitetest.Form
	button string
	// done reports whether the change was made.
	done func(s *sitetest.Site) bool
	// said is what the page says after it was made.
	said string
}

func presses() map[string]press {
	return map[string]press{
		"create": {
			func(s *sitetest.Site) *sitetest.Form {
				return s.GroupForm("Night watch", "Of the yard.").Tick("members", s.ID("esi.mensah"))
			}, "Create the group",
			func(s *sitetest.Site) bool { return s.Exists("Night watch") }, "Done. Night watch was created, with 1 member and 0 guests, and checked. Receipt",
		},
		"delete": {
			func(s *sitetest.Site) *sitetest.Form { return s.Get(s.DeletePath("Works Council")).Form("main form") }, "",
			func(s *sitetest.Site) bool { return !s.Exists("Works Council") }, "Done. Works Council was deleted. Receipt",
		},
		"remove": {
			func(s *sitetest.Site) *sitetest.Form {
				return s.Get(s.PlanPath("chiara.dangelo", "siobhan.obrien")).Form("main form")
			}, "",
			func(s *sitetest.Site) bool { return s.Member("chiara.dangelo").Status == "disabled" },
			"Done. Chiara D'Angelo is removed from Aldermoor Logistics. 1 of 7 points could not be checked.",
		},
	}
}

// failing lets each write to a table of the database fail that a trigger describes.
func failing(t *testing.T, db *store.DB, trigger string) (mend func()) {
	t.Helper()
	_, err := db.Write(t.Context(), `CREATE TRIGGER fault BEFORE `+trigger+` BEGIN SELECT RAISE(FAIL, 'the disk is gone'); END`)
	require.NoError(t, err)
	return func() {
		_, err := db.Write(t.Context(), `DROP TRIGGER fault`)
		require.NoError(t, err)
	}
}

// With a database that does not take the intent, nothing reaches Tallyfy, and the page says so. The same press works later.
func TestNothingIsSentThatIsNotRecorded(t *testing.T) {
	t.Parallel()
	for name, what := range presses() {
		for fault, trigger := range map[string]string{
			"the lease": `INSERT ON dashboard_leases`, "the intent": `INSERT ON dashboard_journal`, "the index": `INSERT ON dashboard_journal_subjects`,
			"the contents": `INSERT ON dashboard_journal_contents`,
		} {
			if fault == "the contents" && name != "delete" { // nothing else deletes anything
				continue
			}
			t.Run(name+", without "+fault, func(t *testing.T) {
				t.Parallel()
				db := openStore(t)
				s := sitetest.SignedIn(t, sitetest.Options{Store: db})
				form := what.form(s)
				s.Sandbox.ClearRequests()
				mend := failing(t, db, trigger)
				p := form.Submit(what.button).Whole(http.StatusInternalServerError)
				assert.Zero(t, s.Writes())
				assert.False(t, what.done(s))
				assert.Contains(t, p.Text("main"), "The change could not be recorded")
				assert.Contains(t, p.Text("main"), map[bool]string{true: "all of it is stored in the dashboard's database, so that it can be created again. The database did not take it, so nothing was deleted", false: "so nothing was sent"}[name == "delete"])
				assert.Contains(t, s.Log.String(), p.Find("main code").Last().Text(), "the request's number")
				assert.Contains(t, s.Log.String(), "the disk is gone", "for the operator")
				assert.NotContains(t, p.Body, "the disk is gone")
				if name == "create" {
					assert.Equal(t, "Night watch", p.GroupForm().Values.Get("name"), "what was typed is kept")
				} else {
					s.Get(p.Link("Try again")).Whole(http.StatusOK)
				}
				assert.Contains(t, s.Get("/activity").Text("main"), "No changes yet")

				mend()
				assert.Equal(t, what.said, form.Submit(what.button).Whole(http.StatusOK).Text(".notice"))
				assert.Equal(t, 1, s.Writes())
			})
		}
		t.Run(name+", without a database", func(t *testing.T) {
			t.Parallel()
			db := openStore(t)
			s := sitetest.SignedIn(t, sitetest.Options{Store: db})
			form := what.form(s)
			s.Sandbox.ClearRequests()
			require.NoError(t, db.Close())
			form.Submit(what.button).Whole(http.StatusInternalServerError)
			assert.Empty(t, s.Sandbox.Requests())
		})
	}
}

// With a database that does not take the outcome, the page says what happened, and the entry that it is not known. A check finds out.
func TestOutcomeThatCannotBeStored(t *testing.T) {
	t.Parallel()
	for name, what := range presses() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := openStore(t)
			now := time.Now
			s := sitetest.SignedIn(t, sitetest.Options{Store: db, Now: func() time.Time { return now() }})
			form := what.form(s)
			s.Sandbox.ClearRequests()
			mend := failing(t, db, `UPDATE OF outcome ON dashboard_journal`)
			p := form.Submit(what.button).Whole(http.StatusOK)
			assert.Equal(t, 1, s.Writes())
			assert.True(t, what.done(s))
			if name != "remove" { // its receipt is read from the database
				assert.Equal(t, what.said, p.Text(".notice"))
			}
			assert.Contains(t, s.Log.String(), `"result":"done"`)
			mend()

			for e, err := range s.App.Journal.List(t.Context(), journal.Filter{Org: tallyfy.ID(s.Sandbox.OrgID())}) {
				require.NoError(t, err)
				assert.Equal(t, journal.Sent, e.State)
			}
			now = func() time.Time { return time.Now().Add(time.Minute) }
			list := s.Get("/activity")
			require.Len(t, sentences(list), 1)
			assert.Contains(t, sentences(list)[0], "asked Tallyfy to ")
			assert.Contains(t, sentences(list)[0], "No outcome was stored")
			list.Follow(sentences(list)[0]).Whole(http.StatusOK)
			assert.Contains(t, sentences(s.Get("/activity"))[0], map[string]string{"create": "not known."}[name])
			form.Submit(what.button)
			assert.Equal(t, 1, s.Writes(), "the same press is not sent again")
		})
	}
}

// slow lets each call to Tallyfy take a while.
type slow struct {
	next http.RoundTripper
	wait func() time.Duration
}

func (s *slow) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(s.wait())
	return s.next.RoundTrip(r)
}

// A second press of a refused creation shows the form with everything typed, too, and sends nothing.
func TestTwoPressesOfARefusedCreation(t *testing.T) {
	t.Parallel()
	gate := &sitetest.Gate{Method: "none", Suffix: "/groups", Arrived: make(chan struct{}), Open: make(chan struct{})}
	s := sitetest.New(t, sitetest.Options{Transport: gate})
	gate.Next = s.Sandbox.Transport()
	s.SignIn()
	form := s.GroupForm("Night watch", "Of the yard.")
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Route: sitetest.GroupsRoute, Status: http.StatusConflict, Body: `{"message":"Not now."}`})
	gate.Method = http.MethodPost
	pages := make([]*sitetest.Page, 2)
	var both sync.WaitGroup
	for i, r := range []*http.Request{form.Prepare("Create the group"), form.Prepare("Create the group")} {
		both.Go(func() { pages[i] = s.Do(r) })
		<-gate.Arrived // of the first press
	}
	time.AfterFunc(2*time.Second, func() { close(gate.Open) }) // the second press is there by then
	both.Wait()
	assert.Equal(t, 1, s.Calls(http.MethodPost, "/groups"))
	for _, p := range pages {
		assert.Equal(t, http.StatusUnprocessableEntity, p.Status)
		assert.Equal(t, "Night watch", p.GroupForm().Values.Get("name"))
		assert.Contains(t, p.Text("main .notice"), "Tallyfy refused: “Not now.”")
	}
}

// Without script, two presses 60 ms apart and a slow Tallyfy make one write. Both end on the same result.
func TestTwoPressesOfOneButton(t *testing.T) {
	t.Parallel()
	for name, what := range presses() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var wait time.Duration
			transport := &slow{wait: func() time.Duration { mu.Lock(); defer mu.Unlock(); return wait }}
			s := sitetest.New(t, sitetest.Options{Transport: transport})
			transport.next = s.Sandbox.Transport()
			s.SignIn()
			form := what.form(s)
			s.Sandbox.ClearRequests()
			mu.Lock()
			wait = 2 * time.Second
			mu.Unlock()
			pages := make([]*sitetest.Page, 2)
			var both sync.WaitGroup
			for i, r := range []*http.Request{form.Prepare(what.button), form.Prepare(what.button)} {
				time.Sleep(time.Duration(i) * 60 * time.Millisecond)
				both.Go(func() { pages[i] = s.Do(r) })
			}
			both.Wait()
			assert.Equal(t, 1, s.Writes(), "one write")
			assert.True(t, what.done(s))
			assert.Equal(t, pages[0].URL, pages[1].URL, "both end at the same place")
			said := 0
			for _, p := range pages {
				assert.Equal(t, http.StatusOK, p.Status)
				if p.Text(".notice") == what.said { // both notices may be on the page that comes first
					said++
				} else {
					assert.Contains(t, []string{"", what.said + " " + what.said, what.said + what.said}, p.Text(".notice"))
				}
			}
			assert.Len(t, sentences(s.Get("/activity")), 1)
		})
	}
}

// Deleting a group of ten thousand members is one entry, which holds them all and shows on each one's page.
func TestDeletingAGroupOfThousands(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Members: 10_000}})
	g := s.Group("Everyone at Aldermoor")
	require.Greater(t, len(g.Members), 9_000)
	require.Eventually(t, func() bool { return s.Get("/members?role=admin").Header.Get("Refresh") == "" }, 30*time.Second, 50*time.Millisecond, "the members are not read")
	form := s.Get(s.DeletePath("Everyone at Aldermoor")).Form("main form")
	form.Values.Set("phrase", "Everyone at Aldermoor")
	form.Submit("").Whole(http.StatusOK)
	assert.False(t, s.Exists("Everyone at Aldermoor"))
	list := s.Get("/activity")
	require.Len(t, sentences(list), 1)
	p := list.Follow(sentences(list)[0]).Whole(http.StatusOK)
	assert.Equal(t, len(g.Members), p.Find(".facts details li").Length())
	last := strconv.Itoa(g.Members[len(g.Members)-1])
	assert.NotContains(t, p.Text(".facts details"), "Member "+last, "with their names")
	assert.Len(t, sentences(s.Get("/members/"+last)), 1)
	assert.Len(t, sentences(s.Get("/activity?about=member+"+last)), 1)
}

// A form that says what it has seen is compared where there is something to see.
func TestFingerprintOfAFormForANewGroup(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Post("/groups", url.Values{"name": {"Night watch"}, "description": {"d"}, "seen": {"anything"}}).Whole(http.StatusOK)
	assert.True(t, s.Exists("Night watch"))
}

// The largest entry is the deletion of a group of 10,000 members and 10,000 guests with the longest names.
func TestLargestDeletionFitsAnEntry(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	g := &tallyfy.Group{ID: "4f5ce93b47a0147df7e3cf9f572b6c4b", Name: strings.Repeat("n", 200), Description: strings.Repeat("d", 5000)}
	var names []string
	for i := range 10_000 {
		g.Members = append(g.Members, tallyfy.UserID(strconv.Itoa(1_000_000+i)))
		g.Guests = append(g.Guests, fmt.Sprintf("somebody.with.a.long.name%05d@broker.example.com", i))
		names = append(names, strings.Repeat("𝒜", 65)) // four bytes each
	}
	p := (&membership.Deletion{Group: g}).Plan()
	p.Differences[2].Before = names
	in := intent(s, g.Name)
	p.Contents.Picture = bytes.Repeat([]byte{1}, 2<<20) // the largest logo that is read
	in.Subjects, in.Concerned, in.Plan, in.Contents = p.Subjects, p.Concerned, p.Plan, p.Contents
	e := record(s, in, journal.Sent)
	read, err := s.App.Journal.Get(t.Context(), in.Org, e.ID)
	require.NoError(t, err)
	assert.Equal(t, p.Differences, read.Differences, "everything that was deleted")
	assert.Len(t, sentences(s.Get("/activity?about=member+"+string(g.Members[9_999]))), 1)
	var kept membership.DeletedGroup
	data, err := s.App.Journal.Contents(t.Context(), read)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &kept))
	assert.Equal(t, membership.DeletedGroup{Name: g.Name, Description: g.Description, Members: g.Members, Guests: g.Guests}, kept)
	picture, err := s.App.Journal.Picture(t.Context(), read)
	require.NoError(t, err)
	assert.Equal(t, p.Contents.Picture, picture)
}
