package tallyfy

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGroupFields(t *testing.T) {
	var g Group
	require.NoError(t, unmarshal([]byte(`{
		"id": "0a1b", "name": "Sales", "description": null, "logo": "https://x.test/l.png",
		"created_at": "2023-01-15T09:00:00.000000Z", "last_updated": "2023-01-16T09:00:00+00:00",
		"assets": {"data": {"id": "a1", "filename": "logo.png", "version": 2,
			"uploaded_at": "2023-01-15T09:00:00Z", "subject": {"id": "0a1b", "type": "Group"}}},
		"users": {"data": [{"id": 5, "first_name": "Ada"}, {"id": 6}]}, "unknown": [1, {"x": 2}]
	}`), &g))
	assert.Equal(t, ID("0a1b"), g.ID)
	assert.Equal(t, "Sales", g.Name)
	assert.Empty(t, g.Description)
	assert.Equal(t, "https://x.test/l.png", g.Logo)
	assert.Equal(t, "2023-01-15", g.CreatedAt.Format("2006-01-02"))
	assert.Equal(t, "2023-01-16", g.LastUpdated.Format("2006-01-02"))
	require.Len(t, g.Assets, 1)
	assert.Equal(t, Text("2"), g.Assets[0].Version)
	assert.Equal(t, Include[AssetSubject]{{ID: "0a1b", Type: "Group"}}, g.Assets[0].Subject)
	require.Len(t, g.Users, 2)
	assert.Equal(t, "Ada", g.Users[0].Name())
}

func TestGroupBodies(t *testing.T) {
	empty, noGuests := []UserID{}, []string(nil)
	for name, c := range map[string]struct {
		body groupBody
		want string
	}{
		"create, bare": {
			CreateGroupRequest{Name: "N", Description: "D"}.wire(),
			`{"name":"N","description":"D","members":[],"guests":[]}`,
		},
		"create, full": {
			CreateGroupRequest{Name: "N", Description: "D", Members: []UserID{"5", "x"}, Guests: []string{"a@x.test"}}.wire(),
			`{"name":"N","description":"D","members":[5,"x"],"guests":["a@x.test"]}`,
		},
		"update, text only": {UpdateGroupRequest{Description: "D"}.wire(), `{"description":"D"}`},
		"update, emptied": {
			UpdateGroupRequest{Name: "N", Description: "D", Members: &empty, Guests: &noGuests}.wire(),
			`{"name":"N","description":"D","members":[],"guests":[]}`,
		},
		"update, no description": {UpdateGroupRequest{Name: "N"}.wire(), `{"name":"N","description":""}`},
	} {
		out, err := json.Marshal(c.body)
		require.NoError(t, err, name)
		assert.JSONEq(t, c.want, string(out), name)
	}
}
