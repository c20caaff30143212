package tallyfy

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGroupMembersShapes(t *testing.T) {
	for in, want := range map[string][]UserID{
		`[1,2,3]`:                         {"1", "2", "3"},
		`["1","2"]`:                       {"1", "2"},
		`[{"id":1},{"id":"2"}]`:           {"1", "2"},
		`{"data":[1,{"id":2}]}`:           {"1", "2"},
		`{"data":{"id":7}}`:               {"7"},
		`{"id":7}`:                        {"7"},
		`[2,1,"2",{"id":1},2]`:            {"2", "1"},
		`[null,5]`:                        {"5"},
		`[9007199254740993]`:              {"9007199254740993"},
		`[]`:                              nil,
		`{}`:                              nil,
		`{"data":[]}`:                     nil,
		`{"data":null}`:                   nil,
		`null`:                            nil,
		`[{"id":1,"groups":{"data":[]}}]`: {"1"},
	} {
		var g Group
		require.NoError(t, json.Unmarshal([]byte(`{"id":"g","members":`+in+`}`), &g), in)
		assert.Equal(t, want, g.Members, in)
	}
	for in, want := range map[string][]UserID{`[-7]`: {"-7"}, `["1.5", "2-e"]`: {"1.5", "2-e"}, "[ 1 ,\n2 ]": {"1", "2"}} {
		var g Group
		require.NoError(t, json.Unmarshal([]byte(`{"id":"g","members":`+in+`}`), &g), in)
		assert.Equal(t, want, g.Members, in)
	}
	var g Group
	require.NoError(t, json.Unmarshal([]byte(`{"id":"g"}`), &g))
	assert.Nil(t, g.Members)
}

// A person lost in decoding would be removed by the next change of the group.
func TestGroupRefusesPeopleItCannotRead(t *testing.T) {
	for _, in := range []string{
		`{"members":[true]}`, `{"members":[1.5]}`, `{"members":[1,2e1]}`, `{"members":[[1]]}`, `{"members":[{"name":"no id"}]}`, `{"members":5}`, `{"members":"1,2"}`,
		`{"members":{"0":5}}`, `{"guests":[{"id":5}]}`, `{"guests":"a@b.c"}`,
	} {
		assert.Error(t, json.Unmarshal([]byte(in), new(Group)), in)
	}
}

func TestGroupGuestsShapes(t *testing.T) {
	for in, want := range map[string][]string{
		`["a@x.test","b@x.test"]`:                              {"a@x.test", "b@x.test"},
		`["a@x.test","A@X.test"]`:                              {"a@x.test"},
		`[{"id":1,"email":"a@x.test"}]`:                        {"a@x.test"},
		`{"data":[{"email":"a@x.test"},{"email":"b@x.test"}]}`: {"a@x.test", "b@x.test"},
		`{"data":{"email":"a@x.test"}}`:                        {"a@x.test"},
		`[{"email":null},{"email":""},"a@x.test"]`:             {"a@x.test"},
		`null`:        nil,
		`{"data":[]}`: nil,
	} {
		var g Group
		err := json.Unmarshal([]byte(`{"id":"g","guests":`+in+`}`), &g)
		require.NoError(t, err, in)
		assert.Equal(t, want, g.Guests, in)
	}
}

func TestGroupFields(t *testing.T) {
	var g Group
	require.NoError(t, json.Unmarshal([]byte(`{
		"id": "0a1b", "name": "Sales", "description": null, "logo": "https://x.test/l.png",
		"created_at": "2023-01-15T09:00:00.000000Z", "last_updated": "2023-01-16T09:00:00+00:00",
		"assets": {"data": {"id": "a1", "filename": "logo.png", "version": 2, "uploaded_to_s3": 1,
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
	assert.Equal(t, "2", g.Assets[0].Version)
	assert.True(t, g.Assets[0].UploadedToS3)
	assert.Equal(t, ID("0a1b"), g.Assets[0].SubjectID)
	assert.Equal(t, "Group", g.Assets[0].SubjectType)
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
