package tallyfy

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An answer about something else is no answer: what would be shown, locked and changed is not what was asked about.
func TestAnAnswerAboutAnotherIDIsRefused(t *testing.T) {
	for name, call := range map[string]func(c *Client, id string) error{
		"a group": func(c *Client, id string) error { _, err := c.Groups.Get(t.Context(), "o", ID(id)); return err },
		"a changed group": func(c *Client, id string) error {
			_, err := c.Groups.Update(t.Context(), "o", ID(id), UpdateGroupRequest{})
			return err
		},
		"a member": func(c *Client, id string) error { _, err := c.Members.Get(t.Context(), "o", UserID(id)); return err },
		"a removed member": func(c *Client, id string) error {
			_, err := c.Members.Remove(t.Context(), "o", UserID(id), RemoveOptions{})
			return err
		},
		"a disabled one": func(c *Client, id string) error {
			_, err := c.Members.Disable(t.Context(), "o", UserID(id))
			return err
		},
		"an enabled one":  func(c *Client, id string) error { _, err := c.Members.Enable(t.Context(), "o", UserID(id)); return err },
		"a file's record": func(c *Client, id string) error { _, err := c.Files.Asset(t.Context(), "o", ID(id)); return err },
	} {
		t.Run(name, func(t *testing.T) {
			for asked, same := range map[string]bool{"7": true, "8": false, "007": false} {
				c, err := New(Options{Transport: answers(http.StatusOK, `{"data":{"id":7,"name":"x","members":[],"guests":[]}}`)})
				require.NoError(t, err)
				err = call(c.WithToken(testToken), asked)
				assert.Equal(t, !same, IsOtherItem(err), "%s: %v", asked, err)
				assert.Equal(t, same, err == nil, asked)
				assert.False(t, IsNotFound(err), "it says nothing about the asked one: %s", asked)
				if !same {
					assert.True(t, MayHaveHappened(err), asked)
				}
			}
		})
	}
}

// A list is replaced as a whole: one that was not in the answer, written back, would be emptied.
// null is a list of nobody.
func TestAnAnswerWithoutAListIsRefused(t *testing.T) {
	group := func(c *Client) error { _, err := c.Groups.Get(t.Context(), "o", "g"); return err }
	guest := func(c *Client) error { _, err := c.Guests.Get(t.Context(), "o", "ann@x.test"); return err }
	for body, call := range map[string]struct {
		make  func(c *Client) error
		taken bool
	}{
		`{"data":{"id":"g","name":"N"}}`:                                                    {group, false},
		`{"data":{"id":"g","members":[5]}}`:                                                 {group, false},
		`{"data":{"id":"g","guests":[]}}`:                                                   {group, false},
		`{"data":{"id":"g","members":[],"guests":[]}}`:                                      {group, true},
		`{"data":{"id":"g","members":null,"guests":null}}`:                                  {group, true},
		`{"data":{"id":1,"email":"ann@x.test"}}`:                                            {guest, false},
		`{"data":{"id":1,"details":{"status":"active"}}}`:                                   {guest, false},
		`{"data":{"id":1,"details":{"status":"active","associated_members":null}}}`:         {guest, true},
		`{"data":{"id":1,"details":{"data":{"status":"active","associated_members":[5]}}}}`: {guest, true},
		`{"data":{"id":1,"details":[]}}`:                                                    {guest, true},
		`{"data":{"id":1,"deleted_at":"2026-11-01 10:00:00"}}`:                              {guest, true},
	} {
		c, _ := scripted(t, answers(http.StatusOK, body))
		err := call.make(c)
		assert.Equal(t, call.taken, err == nil, "%s: %v", body, err)
		assert.False(t, IsNotFound(err), body)
	}
	c, _ := scripted(t, answers(http.StatusOK, `{"data":{"id":"g"}}`))
	_, err := c.Groups.Update(t.Context(), "o", "g", UpdateGroupRequest{})
	assert.NoError(t, err, "the answer to a change is written back by nobody")
}
