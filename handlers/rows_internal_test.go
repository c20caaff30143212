package handlers

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// Tallyfy may list a group of a member twice.
func TestMemberRowNamesEachGroupOnce(t *testing.T) {
	twice := []tallyfy.Group{{ID: "a", Name: "A", Guests: []string{"x"}}, {ID: "b", Name: "B"}, {ID: "a", Name: "A"}}
	assert.Equal(t, []views.GroupLink{{ID: "a", Name: "A"}, {ID: "b", Name: "B"}}, (&request{}).memberRow(&tallyfy.Member{Groups: twice}).Groups)
}
