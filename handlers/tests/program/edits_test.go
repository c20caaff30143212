package program_test

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/tallyfy/sandbox"
)

// An edited is one edit that somebody asked for, and how it ended.
type edited struct {
	add, remove int // ids of members
	page        *sitetest.Page
}

// said reports that the answer says so in its notice.
func (e edited) said(text string) bool { return strings.Contains(e.page.Text("main .notice"), text) }

// Eight sessions add and remove people of one group at random, at whichever replica. Nobody is lost whom one
// of them added: each call that replaces the group differs from the one before in what was asked for, and the
// group ends as the last one left it.
func TestEightAdministratorsEditOneGroup(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, r *replicas) {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		s := program.VisitorAt(t, r.url, r.api)
		program.SignIn(s, sandbox.AdminToken)
		group := s.Group("Operations")
		var pool []int
		for _, m := range s.Sandbox.Members() {
			if m.Status == "active" && m.Type != "bot" && len(pool) < 24 {
				pool = append(pool, m.ID)
			}
		}
		s.Sandbox.ClearRequests()
		var mu sync.Mutex
		var all []edited
		var everybody sync.WaitGroup
		for i := range 8 {
			visitor := program.VisitorAt(t, r.url, r.api)
			program.SignIn(visitor, sandbox.AdminToken)
			random := rand.New(rand.NewPCG(seed, uint64(i)))
			as := visitor.Get("/groups/"+group.ID+"/people").Find("input[name=as]").AttrOr("value", "")
			everybody.Go(func() {
				for range 8 {
					add := random.IntN(len(pool))
					remove := (add + 1 + random.IntN(len(pool)-1)) % len(pool)
					e := edited{add: pool[add], remove: pool[remove]}
					e.page = visitor.Post("/groups/"+group.ID+"/people", url.Values{
						"add": {strconv.Itoa(e.add)}, "remove": {strconv.Itoa(e.remove)}, "action": {"save"}, "as": {as},
					})
					mu.Lock()
					all = append(all, e)
					mu.Unlock()
				}
			})
		}
		everybody.Wait()

		members, puts := group.Members, 0
		var asked []edited // and sent
		for _, e := range all {
			switch {
			case e.said("was added to") || e.said("was taken out of"):
				asked = append(asked, e)
			case e.said("There was nothing to change"), e.said("is being changed right now"): // nothing was sent
			default:
				assert.Fail(t, "an edit that ended in no known way", "%d %s", e.page.Status, e.page.Text("main"))
			}
		}
		for _, request := range s.Sandbox.Requests() {
			if request.Method != http.MethodPut {
				continue
			}
			puts++
			require.Equal(t, http.StatusCreated, request.Status) // as documented
			var body struct{ Members []int }
			require.NoError(t, json.Unmarshal(request.Body, &body))
			added, removed := beyond(body.Members, members), beyond(members, body.Members)
			i := slices.IndexFunc(asked, func(e edited) bool {
				return (len(added) == 0 || slices.Equal(added, []int{e.add})) && (len(removed) == 0 || slices.Equal(removed, []int{e.remove})) &&
					slices.Contains(body.Members, e.add) && !slices.Contains(body.Members, e.remove) &&
					e.said("was added to") == (len(added) > 0) && e.said("was taken out of") == (len(removed) > 0)
			})
			require.GreaterOrEqual(t, i, 0, "nobody asked for +%v -%v", added, removed)
			asked = slices.Delete(asked, i, i+1)
			members = body.Members
		}
		assert.Empty(t, asked, "what is said to be done was sent")
		assert.Greater(t, puts, 8)
		assert.ElementsMatch(t, members, s.Group("Operations").Members)
		assert.Equal(t, puts, strings.Count(s.Get("/activity.csv?what=group.people").Body, "\n")-1, "each has an entry")
		for _, each := range r.programs {
			each.AssertNoPanic()
		}
	})
}

// beyond gives those of a list whom another one does not have.
func beyond(list, other []int) (rest []int) {
	for _, id := range list {
		if !slices.Contains(other, id) {
			rest = append(rest, id)
		}
	}
	return rest
}
