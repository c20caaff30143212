package logo

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// The demo organisation has groups with a picture and one whose file is gone.
func TestSandboxLogos(t *testing.T) {
	server, err := sandbox.New(sandbox.Options{})
	require.NoError(t, err)
	client, err := tallyfy.New(tallyfy.Options{BaseURL: sandbox.BaseURL, Transport: server.Transport()})
	require.NoError(t, err)
	admin, expired := client.WithToken(sandbox.AdminToken), client.WithToken(sandbox.ExpiredToken)

	f := New(Options{Dial: noDial(t)})
	found, missing := 0, 0
	for group, err := range admin.Groups.All(t.Context(), tallyfy.ID(server.OrgID()), tallyfy.GroupListOptions{}) {
		require.NoError(t, err)
		if group.Logo == "" {
			continue
		}
		img, err := f.Fetch(t.Context(), admin, group.Logo)
		if err == nil {
			assert.Equal(t, "image/png", img.ContentType)
			found++
		} else {
			requireNone(t, img, err, "404")
			missing++
		}
		_, err = f.Fetch(t.Context(), expired, group.Logo)
		assert.True(t, tallyfy.IsUnauthorized(err), "a session that has ended is no missing logo")
	}
	assert.Greater(t, found, 1)
	assert.Equal(t, 1, missing)
}
