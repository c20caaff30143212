package tallyfy_test

import (
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
)

// testFiles reads the first logo that lies on the API's own host, if the organisation has one.
func (s *service) testFiles(t *testing.T) {
	ctx := t.Context()
	for g, err := range s.client.Groups.All(ctx, s.org, tallyfy.GroupListOptions{With: []string{"assets"}}) {
		require.NoError(t, err)
		logo, err := url.Parse(g.Logo)
		if err != nil || !s.client.IsAPIHost(logo) || len(g.Assets) == 0 {
			continue
		}
		asset, err := s.client.Files.Asset(ctx, s.org, g.Assets[0].ID)
		require.NoError(t, err)
		assert.Equal(t, g.Assets[0], *asset)
		assert.NotEmpty(t, asset.Filename)
		assert.False(t, asset.UploadedAt.IsZero())

		byURL, err := s.client.Files.OpenURL(ctx, logo)
		if tallyfy.IsNotFound(err) {
			continue // a record whose bytes are missing
		}
		require.NoError(t, err)
		byID, err := s.client.Files.Open(ctx, s.org, g.Assets[0].ID)
		require.NoError(t, err)
		assert.Equal(t, readAll(t, byURL), readAll(t, byID))
		if s.server != nil {
			last := s.server.Requests()
			assert.Equal(t, s.at("/file/%s", asset.ID), last[len(last)-1].Path)
			assert.Equal(t, "APIClient", last[len(last)-1].Header.Get("X-Tallyfy-Client"))
		}
		return
	}
	if s.server != nil {
		t.Error("the sandbox has logos")
	}
	t.Skip("no group has a logo on the API's own host")
}

func readAll(t *testing.T, f *tallyfy.File) string {
	t.Helper()
	defer f.Body.Close()
	body, err := io.ReadAll(f.Body)
	require.NoError(t, err)
	assert.Equal(t, http.DetectContentType(body), f.ContentType)
	if f.Size >= 0 {
		assert.EqualValues(t, f.Size, len(body))
	}
	return string(body)
}
