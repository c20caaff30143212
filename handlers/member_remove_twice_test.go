package handlers_test

import (
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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

func gatedSite(t *testing.T) (*site, *removalGate) {
	g := &removalGate{arrived: make(chan struct{}, 10), open: make(chan struct{})}
	s := newSite(t, siteOptions{transport: g})
	g.next = s.sandbox.Transport()
	s.signIn()
	s.sandbox.ClearRequests()
	return s, g
}

// later sends a request and gives its page when it is there.
func (s *site) later(r *http.Request) <-chan *page {
	answer := make(chan *page, 1)
	go func() { answer <- s.do(r) }()
	return answer
}

func TestTheSameButtonPressedTwiceInARow(t *testing.T) {
	s := signedIn(t, siteOptions{})
	f := s.get(s.planPath("chiara.dangelo", "siobhan.obrien")).form("main form")
	first, second := f.submit(""), f.submit("")
	assert.Equal(t, first.receipt(), second.receipt())
	assert.Equal(t, first.url, second.url)
	assert.Len(t, s.removals(), 1)
}

func TestTheSameButtonPressedManyTimesAtOnce(t *testing.T) {
	s := signedIn(t, siteOptions{})
	f := s.get(s.planPath("chiara.dangelo", "siobhan.obrien")).form("main form")
	urls := make([]string, 8)
	var wg sync.WaitGroup
	for i := range urls {
		r := f.prepare("")
		wg.Go(func() { urls[i] = s.do(r).url })
	}
	wg.Wait()
	for _, u := range urls {
		assert.Equal(t, urls[0], u)
		assert.Contains(t, u, "/receipt/")
	}
	assert.Len(t, s.removals(), 1)
	assert.Equal(t, "Done. Chiara D'Angelo is removed from Aldermoor Logistics. 1 line of the plan could not be checked.", s.get(urls[0]).summary())
}

// What a second press sees while the call is under way is also what a crash between the record and the call leaves behind.
func TestTheSameButtonPressedWhileTheCallIsUnderWay(t *testing.T) {
	s, g := gatedSite(t)
	f := s.get(s.planPath("chiara.dangelo", "leave")).form("main form")
	first := s.later(f.prepare(""))
	<-g.arrived
	second := f.submit("")
	const underWay = "The removal of Chiara D'Angelo has been sent and is not answered yet. Check again in a moment."
	for range 2 {
		for line, word := range second.receipt() {
			assert.Equal(t, "Could not check", word, line)
		}
		assert.Equal(t, underWay, second.summary())
		second = second.follow("Check again")
	}
	// Half a minute later it is not under way any more, and still nothing is repeated.
	now := s.app.Now
	s.app.Now = func() time.Time { return now().Add(31 * time.Second) }
	again := f.submit("")
	assert.Equal(t, "Not as expected", again.receipt()[chiaraAccess])
	assert.Equal(t, "Problem. Tallyfy didn't confirm the removal, and Chiara D'Angelo is still active. It may still be under way: check again in a minute before you repeat it.", again.summary())
	assert.Empty(t, s.removals())
	s.app.Now = now

	close(g.open)
	assert.Equal(t, "Done. Chiara D'Angelo is removed from Aldermoor Logistics. 1 line of the plan could not be checked.", (<-first).summary())
	assert.Equal(t, "Confirmed", second.follow("Check again").receipt()[chiaraAccess])
	assert.Len(t, s.removals(), 1)
	assert.Empty(t, g.arrived)
}

func TestTwoAdministratorsAtOnce(t *testing.T) {
	s, g := gatedSite(t)
	other := s.as(t)
	other.signIn()
	s.sandbox.ClearRequests()
	mine := s.get(s.planPath("chiara.dangelo", "siobhan.obrien")).form("main form")
	theirs := other.get(s.planPath("chiara.dangelo", "leave")).form("main form")
	first := s.later(mine.prepare(""))
	<-g.arrived

	p := theirs.submit("").whole(http.StatusConflict)
	assert.Equal(t, "This member is being removed right now", p.text("h1"))
	assert.Contains(t, p.text(".lead"), "Nothing was done by this one.")
	assert.Equal(t, s.memberPath("chiara.dangelo"), p.link("Look at the member"))
	// Another removal is nobody's business.
	assert.Contains(t, other.get(s.planPath("esi.mensah", "leave")).text("h1"), "Plan")

	close(g.open)
	require.Equal(t, "Receipt", (<-first).text("h1"))
	p = theirs.submit("").whole(http.StatusConflict)
	assert.Equal(t, []string{"Chiara D'Angelo" + ended}, p.texts("[role=alert] li"))
	require.Len(t, s.removals(), 1)
	assert.Contains(t, s.removals()[0].RawQuery, "with_reassignment=true")
}

// The record stands for the removal of one member only, even if somebody sends it along for another.
func TestARecordStandsForOneMember(t *testing.T) {
	s := signedIn(t, siteOptions{})
	f := s.get(s.planPath("chiara.dangelo", "leave")).form("main form")
	f.submit("").receipt()
	record := f.values.Get("record")
	p := s.get(s.removePath("esi.mensah") + "/receipt/" + record).whole(http.StatusNotFound)
	assert.Equal(t, "There is no such receipt", p.text("h1"))
	p = s.post(s.removePath("esi.mensah"), url.Values{"to": {"leave"}, "record": {record}})
	assert.Equal(t, "Done. Esi Mensah is removed from Aldermoor Logistics. 1 line of the plan could not be checked.", p.summary())
}

// A browser that goes away in the middle leaves a removal that is carried out to its end, and noted.
func TestARemovalIsNotBrokenOffWithItsBrowser(t *testing.T) {
	s, g := gatedSite(t)
	f := s.get(s.planPath("chiara.dangelo", "leave")).form("main form")
	gone := &http.Client{Jar: s.client.Jar, Timeout: 300 * time.Millisecond}
	answer, err := gone.Do(f.prepare(""))
	if err == nil {
		answer.Body.Close()
	}
	require.Error(t, err)
	<-g.arrived
	close(g.open)
	receipt := s.removePath("chiara.dangelo") + "/receipt/" + f.values.Get("record")
	assert.Eventually(t, func() bool { return s.member("chiara.dangelo").Status == "disabled" }, 5*time.Second, 10*time.Millisecond)
	assert.Eventually(t, func() bool {
		return s.get(receipt).summary() == "Done. Chiara D'Angelo is removed from Aldermoor Logistics. 1 line of the plan could not be checked."
	}, 5*time.Second, 10*time.Millisecond)
	f.submit("").receipt()
	assert.Len(t, s.removals(), 1)
}
