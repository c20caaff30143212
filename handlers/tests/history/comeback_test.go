package history_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

// Somebody who came back in Tallyfy itself may have been in other groups by the time the access
// ended again.
func TestTheSameGroupsAreNotThoseFromBeforeAComebackElsewhere(t *testing.T) {
	d := newDesk(t, sitetest.Options{})
	const who = "chiara.dangelo"
	path := d.MemberPath(who) + "/enable"
	same := func() bool { return d.Get(path).Whole(http.StatusOK).Has("input[value=same]") }
	d.Remove(who, "siobhan.obrien").Whole(http.StatusOK)
	d.read()
	require.True(t, same(), "those from before the removal here")
	d.Disable(who) // as before: nobody has come back
	d.read()
	require.True(t, same())

	d.Elsewhere(http.MethodPut, "/users/"+d.ID(who)+"/enable", "")
	d.read()
	d.Disable(who)
	d.read()
	assert.False(t, same(), "the access ended again, elsewhere")
	d.Get(path + "?groups=same").Whole(http.StatusUnprocessableEntity)

	d.Get(path + "?groups=none").Whole(http.StatusOK).Form("main form").Submit("").Whole(http.StatusOK)
	d.Get(d.MemberPath(who) + "/disable").Form("main form").Submit("").Whole(http.StatusOK)
	assert.True(t, same(), "it ended here again")
}
