package tallyfy

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func decoded[T any](t *testing.T, d *decodedPages, body string) *Page[T] {
	t.Helper()
	page, err := decodePage[T](d, []byte(body))
	require.NoError(t, err)
	return page
}

func TestTheSameBytesAreDecodedOnce(t *testing.T) {
	d := newDecodedPages()
	const one, two = `{"data":[{"id":"g1","name":"One"}]}`, `{"data":[{"id":"g1","name":"Two"}]}`
	first := decoded[Group](t, d, one)
	assert.Same(t, first, decoded[Group](t, d, one))
	assert.Equal(t, "Two", decoded[Group](t, d, two).Items[0].Name)
	assert.Same(t, first, decoded[Group](t, d, one), "beside another one")
	assert.Equal(t, ID("g1"), decoded[Guest](t, d, one).Items[0].ID, "the same bytes as another thing")
	assert.Equal(t, "One", decoded[Group](t, d, one).Items[0].Name)
	_, err := decodePage[Group](d, []byte(`{"error":true}`))
	require.Error(t, err)
	_, err = decodePage[Group](d, []byte(`{"error":true}`))
	require.Error(t, err, "what failed is not kept")
}

func TestDecodedPagesAreBounded(t *testing.T) {
	d := newDecodedPages()
	body := func(i int) string {
		return fmt.Sprintf(`{"data":[{"id":"g%d","name":"%s"}]}`, i, strings.Repeat("x", 100_000))
	}
	first, last := decoded[Group](t, d, body(0)), (*Page[Group])(nil)
	for i := range 42 {
		last = decoded[Group](t, d, body(i))
	}
	assert.LessOrEqual(t, d.bytes, decodedBytes)
	assert.Equal(t, 41, d.pages.Len())
	assert.Same(t, last, decoded[Group](t, d, body(41)))
	assert.NotSame(t, first, decoded[Group](t, d, body(0)), "what was used longest ago went first")
	large := `{"data":[{"id":"g","name":"` + strings.Repeat("x", decodedLargest) + `"}]}`
	assert.NotSame(t, decoded[Group](t, d, large), decoded[Group](t, d, large))
	assert.Equal(t, 41, d.pages.Len(), "what is larger than all may be drives nothing out")
}

func TestDecodedPagesAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDecodedPages()
		const used, unused = `{"data":[{"id":"g1"}]}`, `{"data":[{"id":"g2"}]}`
		page := decoded[Group](t, d, used)
		decoded[Group](t, d, unused)
		time.Sleep(decodedTime - time.Second)
		assert.Same(t, page, decoded[Group](t, d, used))
		time.Sleep(2 * time.Second)
		synctest.Wait()
		assert.Equal(t, 1, d.pages.Len())
		assert.Same(t, page, decoded[Group](t, d, used), "the time counts from the last use")
		time.Sleep(2 * decodedTime)
		synctest.Wait()
		assert.Zero(t, d.pages.Len())
		assert.Zero(t, d.bytes)
		decoded[Group](t, d, used)
		time.Sleep(2 * decodedTime)
		synctest.Wait()
		assert.Zero(t, d.pages.Len(), "the next ones, too")
	})
}
