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
				c, err := New(Options{Transport: answers(http.StatusOK, `{"data":{"id":7,"name":"x"}}`)})
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
