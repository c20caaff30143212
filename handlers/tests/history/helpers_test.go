// Package history_test tests what is remembered of who was in what, over the whole site.
package history_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/history"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// A desk is a site whose history has a first reading.
type desk struct {
	*sitetest.Site
	t *testing.T
}

func newDesk(t *testing.T, o sitetest.Options) *desk {
	t.Helper()
	d := &desk{sitetest.SignedIn(t, o), t}
	d.Get("/")
	d.waitUntilCompared()
	return d
}

func (d *desk) org() tallyfy.ID { return tallyfy.ID(d.Sandbox.OrgID()) }

// waitUntilCompared waits until what was read is compared.
func (d *desk) waitUntilCompared() {
	d.App.History.WaitUntilCompared(d.t.Context(), d.org(), time.Minute)
}

// read lets the overview read everything anew.
func (d *desk) read() *sitetest.Page {
	d.t.Helper()
	time.Sleep(2 * time.Millisecond) // the database has milliseconds
	return d.ReadAnew()
}

// events are those that happened elsewhere, the newest first, in short.
func (d *desk) events() (list []string) {
	d.t.Helper()
	for e, err := range d.App.History.List(d.t.Context(), history.Filter{Org: d.org()}) {
		require.NoError(d.t, err)
		list = append(list, string(e.Kind)+": "+e.Who+", "+e.In)
	}
	return list
}

// elsewhere puts somebody into a group, or takes them out, in Tallyfy itself.
func (d *desk) elsewhere(group, who string, in bool) {
	d.t.Helper()
	id, c := d.Member(who).ID, sandbox.GroupChange{}
	if in {
		c.Add = []int{id}
	} else {
		c.Remove = []int{id}
	}
	require.True(d.t, d.Sandbox.ChangeGroup(d.Group(group).ID, c))
}
