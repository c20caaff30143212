package tallyfy

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMemberSummaries(t *testing.T) {
	const body = `{"data":[
		{"id":5,"email":"ada@x.test","full_name":"Ada","role":"Admin","status":"invited","created_at":"2023-01-15T09:00:00Z",
			"groups":{"data":[{"id":"g","name":"G","members":[5,6],"guests":[]},{"id":8,"name":null},null]},"stats":{"data":{"steps_created":3}}},
		{"id":"6","groups":[]},
		{"id":7}
	],"meta":{"pagination":{"total":9,"current_page":2,"total_pages":3}}}`
	c, s := scripted(t, answers(200, body))
	o := MemberListOptions{Query: "a", Sort: "-created_at", Page: 2, PerPage: 3, With: []string{"groups", "stats"}}
	got, err := c.Members.Summaries(t.Context(), "o", o)
	require.NoError(t, err)
	whole, err := c.Members.List(t.Context(), "o", o)
	require.NoError(t, err)
	assert.Equal(t, s.calls[1].URL, s.calls[0].URL)
	assert.Equal(t, whole.Pagination, got.Pagination)
	require.Len(t, got.Items, 3)
	for i := range got.Items {
		assert.Equal(t, whole.Items[i].Summary(), got.Items[i])
		assert.Empty(t, got.Items[i].Groups)
	}
	first := got.Items[0]
	assert.Equal(t, []GroupName{{"g", "G"}, {"8", ""}}, first.In)
	assert.Equal(t, [4]string{"5", "Ada", "admin", "invited"}, [4]string{string(first.ID), first.Name(), string(first.Role), string(first.Status)})
	assert.Equal(t, 3, first.Stats.StepsCreated)
	assert.Equal(t, [3]bool{true, true, false}, [3]bool{first.InKnown, got.Items[1].InKnown, got.Items[2].InKnown})

	var one MemberSummary
	require.NoError(t, json.Unmarshal([]byte(`{"groups":{"data":{"id":"g"}}}`), &one))
	assert.Equal(t, []GroupName{{ID: "g"}}, one.In)
	for _, groups := range []string{`5`, `[5]`, `"g"`, `[{"id":true}]`, `[{"name":5}]`} {
		assert.Error(t, json.Unmarshal([]byte(`{"groups":`+groups+`}`), &one), groups)
	}
}
