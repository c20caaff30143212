package removal_test

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

// A removalGate holds removals back on their way to Tallyfy, so that a test can look at what happens meanwhile.
type removalGate struct {
	next    http.RoundTripper
	arrived chan struct{}
	open    chan struct{}
}

func (g *removalGate) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodDelete {
		g.arrived <- struct{}{}
		select {
		case <-g.open:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	return g.next.RoundTrip(r)
}

func gatedSite(t *testing.T) (*sitetest.Site, *removalGate) {
	g := &removalGate{arrived: make(chan struct{}, 10), open: make(chan struct{})}
	s := sitetest.New(t, sitetest.Options{Transport: g, RepeatWait: 300 * time.Millisecond})
	g.next = s.Sandbox.Transport()
	s.SignIn()
	s.Sandbox.ClearRequests()
	return s, g
}

// later sends a request and gives its page when it is there.
func later(s *sitetest.Site, r *http.Request) <-chan *sitetest.Page {
	answer := make(chan *sitetest.Page, 1)
	go func() { answer <- s.Do(r) }()
	return answer
}

func TestTheSameButtonPressedTwiceInARow(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.Get(s.PlanPath("chiara.dangelo", "siobhan.obrien")).Form("main form")
	first, second := f.Submit(""), f.Submit("")
	assert.Equal(t, receiptOf(first), receiptOf(second))
	assert.Equal(t, first.URL, second.URL)
	assert.Len(t, s.Removals(), 1)
}

func TestTheSameButtonPressedManyTimesAtOnce(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.Get(s.PlanPath("chiara.dangelo", "siobhan.obrien")).Form("main form")
	urls := make([]string, 8)
	var wg sync.WaitGroup
	for i := range urls {
		r := f.Prepare("")
		wg.Go(func() { urls[i] = s.Do(r).URL })
	}
	wg.Wait()
	for _, u := range urls {
		assert.Equal(t, urls[0], u)
		assert.Contains(t, u, "/activity/")
	}
	assert.Len(t, s.Removals(), 1)
	assert.Equal(t, "Done. Chiara D'Angelo is removed from Aldermoor Logistics. 1 of 7 points could not be checked.", summary(s.Get(urls[0])))
}

// What a second press sees while the call is under way is also what a crash between the record and the call leaves behind.
func TestTheSameButtonPressedWhileTheCallIsUnderWay(t *testing.T) {
	t.Parallel()
	s, g := gatedSite(t)
	f := s.Get(s.PlanPath("chiara.dangelo", "leave")).Form("main form")
	first := later(s, f.Prepare(""))
	<-g.arrived
	second := f.Submit("")
	const underWay = "The removal of Chiara D'Angelo has been sent and is not answered yet. Check again in a moment."
	for range 2 {
		for line, word := range receiptOf(second) {
			assert.Equal(t, "Could not check", word, line)
		}
		assert.Equal(t, underWay, summary(second))
		second = second.Follow("Check again")
	}
	// Half a minute later it is not under way any more, and still nothing is repeated.
	now := s.App.Now
	s.App.Now = func() time.Time { return now().Add(31 * time.Second) }
	again := f.Submit("")
	assert.Equal(t, "Not as expected", receiptOf(again)[chiaraAccess])
	assert.Equal(t, "Problem. Tallyfy didn't confirm the removal, and Chiara D'Angelo is still active. It may still be under way: check again in a minute before you repeat it.", summary(again))
	assert.Empty(t, s.Removals())
	s.App.Now = now

	close(g.open)
	assert.Equal(t, "Done. Chiara D'Angelo is removed from Aldermoor Logistics. 1 of 6 points could not be checked.", summary((<-first)))
	assert.Equal(t, "Confirmed", receiptOf(second.Follow("Check again"))[chiaraAccess])
	assert.Len(t, s.Removals(), 1)
	assert.Empty(t, g.arrived)
}

func TestTwoAdministratorsAtOnce(t *testing.T) {
	t.Parallel()
	s, g := gatedSite(t)
	other := s.As(t)
	other.SignIn()
	s.Sandbox.ClearRequests()
	mine := s.Get(s.PlanPath("chiara.dangelo", "siobhan.obrien")).Form("main form")
	theirs := other.Get(s.PlanPath("chiara.dangelo", "leave")).Form("main form")
	first := later(s, mine.Prepare(""))
	<-g.arrived

	p := theirs.Submit("").Whole(http.StatusConflict)
	assert.Equal(t, "This member is being removed right now", p.Text("h1"))
	assert.Contains(t, p.Text(".lead"), "Nothing was done by this one.")
	assert.Equal(t, s.MemberPath("chiara.dangelo"), p.Link("Look at the member"))
	// Another removal is nobody's business.
	assert.Contains(t, other.Get(s.PlanPath("esi.mensah", "leave")).Text("h1"), ": the plan")

	close(g.open)
	require.Contains(t, (<-first).Text("h1"), "Receipt")
	p = theirs.Submit("").Whole(http.StatusConflict)
	assert.Equal(t, []string{"Chiara D'Angelo" + ended}, p.Texts("[role=alert] li"))
	require.Len(t, s.Removals(), 1)
	assert.Contains(t, s.Removals()[0].RawQuery, "with_reassignment=true")
}

// A press stands for the removal of one member only, even if somebody sends it along for another.
func TestAPressStandsForOneMember(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.Get(s.PlanPath("chiara.dangelo", "leave")).Form("main form")
	receiptOf(f.Submit(""))
	press := f.Values.Get("press")
	p := s.Post(s.RemovePath("esi.mensah"), url.Values{"to": {"leave"}, "press": {press}})
	assert.Equal(t, "Done. Esi Mensah is removed from Aldermoor Logistics. 1 of 5 points could not be checked.", summary(p))
}

// A browser that goes away in the middle leaves a removal that is carried out to its end, and noted.
func TestARemovalIsNotBrokenOffWithItsBrowser(t *testing.T) {
	t.Parallel()
	s, g := gatedSite(t)
	f := s.Get(s.PlanPath("chiara.dangelo", "leave")).Form("main form")
	ctx, leave := context.WithCancel(t.Context())
	go func() {
		<-g.arrived
		leave()
	}()
	answer, err := s.Client.Do(f.Prepare("").WithContext(ctx))
	if err == nil {
		answer.Body.Close()
	}
	require.ErrorIs(t, err, context.Canceled)
	close(g.open)
	assert.Eventually(t, func() bool { return s.Member("chiara.dangelo").Status == "disabled" }, time.Minute, 10*time.Millisecond)
	assert.Eventually(t, func() bool {
		return summary(latestReceipt(s)) == "Done. Chiara D'Angelo is removed from Aldermoor Logistics. 1 of 6 points could not be checked."
	}, time.Minute, 10*time.Millisecond)
	receiptOf(f.Submit(""))
	assert.Len(t, s.Removals(), 1)
}

// latestReceipt is the receipt of the latest change, or the list of changes while there is none.
func latestReceipt(s *sitetest.Site) *sitetest.Page {
	p := s.Get("/activity")
	address, ok := p.Find("main .rows a").First().Attr("href")
	if !ok {
		return p
	}
	return s.Get(address)
}
