package tallyfy

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Bodies and decoders are used again; what was read from them must not change with it.
func TestAnswersDoNotMix(t *testing.T) {
	c := newTestClient(t, Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		n := r.URL.Query().Get("q")
		row := fmt.Sprintf(`{"id":"id-%[1]s-%%d","name":"name-%[1]s","description":"\u0064-%[1]s","members":[%[1]s,1%[1]s],"guests":["g%[1]s@x.test"]}`, n)
		rows := make([]string, 21)
		for i := range rows {
			rows[i] = fmt.Sprintf(row, i)
		}
		body := `{"data":[` + strings.Join(rows, ",") + `]}`
		if n == "13" {
			body = `{"data":[{"id":"broken`
		}
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1, Request: r}, nil
	})})
	pages := make([]*Page[Group], 40)
	var wait sync.WaitGroup
	for i := range pages {
		wait.Go(func() {
			pages[i], _ = c.Groups.List(t.Context(), "o", GroupListOptions{Query: fmt.Sprint(i)})
		})
	}
	wait.Wait()
	for i, page := range pages {
		if i == 13 {
			assert.Nil(t, page)
			continue
		}
		require.NotNil(t, page)
		require.Len(t, page.Items, 21)
		for row, g := range page.Items {
			n := fmt.Sprint(i)
			assert.Equal(t, Group{
				ID: ID(fmt.Sprint("id-", n, "-", row)), Name: "name-" + n, Description: "d-" + n, Members: UserIDs{UserID(n), UserID("1" + n)}, Guests: Emails{"g" + n + "@x.test"},
			}, g)
		}
	}
}
