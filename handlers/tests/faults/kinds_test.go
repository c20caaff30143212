package faults_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// kinds are the changes of every kind, each once: those that are sent to Tallyfy, and those of the
// dashboard's own database.
func kinds() (list []change) {
	for _, c := range changes() {
		if c.sends && !strings.HasSuffix(c.name, "beside another") {
			list = append(list, c)
		}
	}
	started := func(s *sitetest.Site) string {
		return s.Post("/reviews", url.Values{"name": {"Joiners"}, "who": {"text"}, "text": {peer + "@example.com"}}).Whole(http.StatusOK).URL
	}
	return append(list,
		change{name: "start a review", open: func(s *sitetest.Site) *sitetest.Form {
			return s.Get("/reviews/new").Form("main form[method=post]").Set("name", "Joiners").Set("who", "text").Set("text", peer+"@example.com")
		}, button: "Start the review"},
		change{name: "close a review", open: func(s *sitetest.Site) *sitetest.Form {
			return s.Get(started(s) + "/close").Form("main form[method=post]")
		}},
		change{name: "starter set", open: func(s *sitetest.Site) *sitetest.Form {
			return s.Get("/reviews/sets?for=Driver").Form("main form[method=post]").Tick("add", s.Group("Fleet and Drivers").ID)
		}, button: "Save"},
	)
}

// A bench is a site with what it is made of.
type bench struct {
	*sitetest.Site
	db    *store.DB
	later atomic.Int64 // how far the clock is ahead
}

func newBench(t *testing.T) *bench {
	t.Helper()
	db, err := store.Open(t.Context(), "memory:")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	b := &bench{db: db}
	b.Site = sitetest.SignedIn(t, sitetest.Options{Store: db, Now: func() time.Time { return time.Now().Add(time.Duration(b.later.Load())) }})
	for _, path := range []string{"/groups?people=none", "/members?role=admin", "/guests"} { // the copies
		require.Eventually(t, func() bool { return b.Get(path).Header.Get("Refresh") == "" }, deadline, 50*time.Millisecond)
	}
	return b
}

// failing lets each write to a table of the database fail that a trigger describes.
func (b *bench) failing(trigger string) (mend func()) {
	b.T.Helper()
	_, err := b.db.Write(b.T.Context(), `CREATE TRIGGER fault BEFORE `+trigger+` BEGIN SELECT RAISE(FAIL, 'the disk is gone'); END`)
	require.NoError(b.T, err)
	return func() {
		_, err := b.db.Write(b.T.Context(), `DROP TRIGGER fault`)
		require.NoError(b.T, err)
	}
}

// entries are those of the journal, newest first.
func (b *bench) entries() (list []*journal.Entry) {
	b.T.Helper()
	for e, err := range b.App.Journal.List(b.T.Context(), journal.Filter{Org: tallyfy.ID(b.Sandbox.OrgID())}) {
		require.NoError(b.T, err)
		list = append(list, e)
	}
	return list
}

// Without script a button is pressed twice: the second press sends nothing, and ends where the first
// one did or on its receipt.
func TestASecondPressOfEveryKindSendsNothing(t *testing.T) {
	t.Parallel()
	for _, c := range kinds() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			form := c.open(b.Site)
			before := len(b.entries())
			b.Sandbox.ClearRequests()
			first := form.Submit(c.button).Whole(http.StatusOK)
			writes, entries := b.Writes(), b.entries()
			require.Greater(t, len(entries), before, first.Text("main"))
			state := b.State()

			second := form.Submit(c.button).Whole(http.StatusOK)
			assert.Equal(t, writes, b.Writes())
			assert.Equal(t, state, b.State())
			assert.Len(t, b.entries(), len(entries))
			receipt := "/activity/" + entries[0].ID
			assert.True(t, second.URL == first.URL || strings.HasPrefix(second.URL, receipt), "%s, and then %s", first.URL, second.URL)
			if !strings.HasPrefix(second.URL, receipt) && second.Has("main .notice") {
				assert.True(t, second.Has("main .notice a[href^='/activity/']") || second.Text("main .notice") == first.Text("main .notice"), second.Text("main .notice"))
			}
		})
	}
}

// With a database that does not take the intent, nothing is changed, and the page says so.
func TestNoKindIsSentThatIsNotRecorded(t *testing.T) {
	t.Parallel()
	for _, c := range kinds() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			form := c.open(b.Site)
			before, entries := b.State(), len(b.entries())
			b.Sandbox.ClearRequests()
			mend := b.failing(`INSERT ON dashboard_journal`)
			p := form.Submit(c.button)
			assert.Zero(t, b.Writes())
			assert.Equal(t, before, b.State())
			assert.Contains(t, p.Text("main"), "could not be recorded")
			assert.GreaterOrEqual(t, p.Status, 400)
			mend()
			assert.Len(t, b.entries(), entries)
		})
	}
}

// A process that dies between the intent and the outcome leaves an entry that says that it is not
// known, and asks to check. While Tallyfy does not answer, it claims neither.
func TestACrashOfEveryKindIsNotTakenForAnEnd(t *testing.T) {
	t.Parallel()
	for _, c := range kinds() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			form := c.open(b.Site)
			before := map[string]bool{}
			for _, e := range b.entries() {
				before[e.ID] = true
			}
			mend := b.failing(`UPDATE OF outcome ON dashboard_journal`)
			form.Submit(c.button)
			mend()
			_, err := b.db.Write(t.Context(), `UPDATE dashboard_journal SET checked = '' WHERE state = 'sent'`)
			require.NoError(t, err)
			b.later.Store(int64(2 * time.Minute))

			list := b.Get("/activity").Whole(http.StatusOK)
			for _, e := range b.entries() {
				if before[e.ID] {
					continue
				}
				require.Equal(t, journal.Sent, e.State)
				row := list.Text("main .rows a[href^='/activity/" + e.ID + "']")
				assert.Contains(t, row, "No outcome was stored; not known.")
				if !c.sends {
					assert.NotContains(t, row, "Tallyfy")
				}
				if c.sends {
					b.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Status: http.StatusInternalServerError})
					p := b.Get("/activity/" + e.ID).Whole(http.StatusOK)
					assert.Regexp(t, `may or may not|could not be|didn't confirm`, p.Text("main .notice"), "not known")
					assert.False(t, p.Has("main .notice.done"), p.Text("main .notice"))
					assert.Equal(t, "Check again", p.Find("main .form-actions a[href*='check']").First().Text())
					b.Sandbox.ClearFaults()
				}
				p := b.Get("/activity/" + e.ID + "?check=again").Whole(http.StatusOK)
				assert.NotContains(t, p.Text("main .notice"), "not answered yet")
				assert.NotEqual(t, p.Text("main .notice"), "")
			}
		})
	}
}

// saysGone is what a page says of something that Tallyfy does not have any more.
var saysGone = regexp.MustCompile(`(?i)(is|was|are|already) gone|does not have|not there any more|that is no guest`)

// A 404 without Tallyfy's words may be that of a proxy on the way: nothing is gone for that.
func TestA404OfAProxyProvesNothingToAnyKind(t *testing.T) {
	t.Parallel()
	for _, c := range kinds() {
		for _, method := range []string{"", http.MethodGet, http.MethodDelete, "write"} {
			t.Run(c.name+" "+method, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				form := c.open(b.Site)
				before := b.State()
				methods := []string{method}
				if method == "write" {
					methods = []string{http.MethodPost, http.MethodPut, http.MethodDelete}
				}
				for _, m := range methods {
					b.Sandbox.Fail(sandbox.Fault{Method: m, Status: http.StatusNotFound, Body: "<html>nginx</html>"})
				}
				p := form.Submit(c.button)
				assert.NotRegexp(t, saysGone, p.Text("main"))
				if method == "" || method == "write" {
					assert.Equal(t, before, b.State())
				}
			})
		}
	}
}

// What was found done stays so on its receipt when a later change with the dashboard has undone it.
func TestAReceiptKeepsWhatALaterChangeHasUndone(t *testing.T) {
	t.Parallel()
	send := func(path, button string, set ...string) func(*bench) {
		return func(b *bench) {
			form := b.Get(path).Form("main form[method=post]")
			for i := 0; i < len(set); i += 2 {
				form.Set(set[i], set[i+1])
			}
			form.Submit(button).Whole(http.StatusOK)
		}
	}
	person := func(rest string) func(*bench) { return func(b *bench) { send(b.MemberPath(somebody)+rest, "")(b) } }
	for name, two := range map[string][2]func(*bench){
		"removal":   {func(b *bench) { receiptPath(b.Site) }, person("/enable?groups=same")},
		"disabling": {person("/disable"), person("/enable?groups=same")},
		"role":      {person("/role?to=light"), person("/role?to=standard")},
		"guest":     {send("/guests/new", "", "email", "ada@partner.example.com"), send("/guests/ada@partner.example.com/remove", "")},
		"contacts": {
			send("/guests/d.kavanagh@audit.example.com/known-by", "", "add", somebodyElse+"@example.com"),
			func(b *bench) { send("/activity/"+b.entries()[0].ID+"/undo", "")(b) },
		},
		"group": {
			func(b *bench) {
				b.GroupForm("Night watch", "Of the yard.").Submit("Create the group").Whole(http.StatusOK)
			},
			func(b *bench) { send(b.DeletePath("Night watch"), "")(b) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			two[0](b)
			receipt := "/activity/" + b.entries()[0].ID
			before := b.Get(receipt).Whole(http.StatusOK)
			require.Equal(t, "Check again", before.Find("main .form-actions a[href*='check']").First().Text())
			two[1](b)
			require.NotEqual(t, receipt, "/activity/"+b.entries()[0].ID)
			for _, address := range []string{receipt, receipt + "?check=again"} {
				p := b.Get(address).Whole(http.StatusOK)
				assert.Equal(t, before.Text("main .notice"), p.Text("main .notice"))
				assert.Contains(t, p.Text("main"), "There was a later change of the same, so this one is not compared with what is so now.")
				assert.Contains(t, p.Text("main"), "Carried out by Maren Dahl")
				assert.Zero(t, p.Find("main .form-actions a[href*='check']").Length())
			}
			assert.Contains(t, b.Get("/activity").Text("main .rows a[href^='"+receipt+"']"), " Confirmed ")
		})
	}
}

// Tallyfy's words reach the person and the journal: those of fields at any depth, and those in an
// answer of success.
func TestTallyfysWordsReachThePersonFromEveryKind(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]struct {
		sandbox.Fault
		words []string
	}{
		"fields":            {sandbox.Fault{Status: 422, Body: `{"errors":{"description":"Too long.","members":{"0":["Member 9 unknown."]}}}`}, []string{"Too long.", "Member 9 unknown."}},
		"answer of success": {sandbox.Fault{Status: 200, Body: `{"error":{"code":"LATER","message":"Not now, please."}}`}, []string{"Not now, please."}},
	} {
		for _, c := range kinds() {
			if !c.sends {
				continue
			}
			t.Run(name+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				form := c.open(b.Site)
				for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
					b.Sandbox.Fail(sandbox.Fault{Method: method, Status: f.Status, Body: f.Body})
				}
				p := form.Submit(c.button)
				for _, words := range f.words {
					assert.Contains(t, p.Text("main"), words)
					assert.Contains(t, b.Get("/activity").Text("main .rows li:first-of-type"), words)
				}
			})
		}
	}
}

// Who takes over the work of somebody else is not changed by that: their own receipts go on being
// compared.
func TestAReceiptIsComparedThoughTheMemberTookOver(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.Get(b.MemberPath(somebodyElse) + "/role?to=light").Form("main form[method=post]").Submit("").Whole(http.StatusOK)
	receipt := "/activity/" + b.entries()[0].ID
	b.Get(b.PlanPath(somebody, somebodyElse)).Form("main form").Submit("").Whole(http.StatusOK)
	require.NotEqual(t, receipt, "/activity/"+b.entries()[0].ID)
	p := b.Get(receipt).Whole(http.StatusOK)
	assert.NotContains(t, p.Text("main"), "There was a later change")
	assert.Equal(t, "Check again", p.Find("main .form-actions a[href*='check']").First().Text())
}
