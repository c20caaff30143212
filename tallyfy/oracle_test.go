package tallyfy

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
)

// oracle is another reading of summaries, by jsontext, the tokenizer of the coming encoding/json/v2, and in the plain way: a
// decoder of somebody else's that shares nothing with scan.go but the rules.
type oracle struct{ *jsontext.Decoder }

func newOracle(data []byte) oracle {
	return oracle{jsontext.NewDecoder(bytes.NewReader(data), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
}

// end returns nil where nothing follows but space.
func (o oracle) end() error {
	_, err := o.ReadToken()
	switch {
	case err == nil:
		return errTrailing
	case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return nil
	}
	return err
}

func (o oracle) raw() (jsontext.Value, error) {
	raw, err := o.ReadValue()
	return bytes.Clone(raw), err
}

func (o oracle) list(element func() error) error {
	if _, err := o.ReadToken(); err != nil {
		return err
	}
	for o.PeekKind() != ']' {
		if err := element(); err != nil {
			return err
		}
	}
	_, err := o.ReadToken()
	return err
}

func (o oracle) fields(field func(name string) error) error {
	if o.PeekKind() != '{' {
		return errNotAnObject
	}
	if _, err := o.ReadToken(); err != nil {
		return err
	}
	for o.PeekKind() != '}' {
		raw, err := o.raw()
		if err != nil {
			return err
		}
		name, _ := jsontext.AppendUnquote(nil, raw)
		for i, c := range name {
			if c >= 'A' && c <= 'Z' {
				name[i] |= ' '
			}
		}
		if err := field(string(name)); err != nil {
			return err
		}
	}
	_, err := o.ReadToken()
	return err
}

func (o oracle) text(text *string) error {
	raw, err := o.raw()
	switch {
	case err != nil:
		return err
	case raw.Kind() == 'n':
		*text = ""
		return nil
	case raw.Kind() != '"':
		return errNotText
	}
	said, _ := jsontext.AppendUnquote(nil, raw)
	*text = string(said)
	return nil
}

// into reads by the methods that encoding/json calls.
func (o oracle) into(out json.Unmarshaler) error {
	raw, err := o.raw()
	if err != nil {
		return err
	}
	return out.UnmarshalJSON(raw)
}

func (o oracle) time(t *Time) error {
	*t = Time{}
	raw, err := o.raw()
	if err != nil || raw.Kind() != '"' {
		return err
	}
	said, _ := jsontext.AppendUnquote(nil, raw)
	*t = parseTime(string(said))
	return nil
}

func (o oracle) count(key string, count *int) error {
	raw, err := o.raw()
	if err != nil {
		return err
	}
	refs, err := decodeRefs[string](raw, key)
	*count = len(refs)
	return err
}

func (o oracle) summary() (g GroupSummary, err error) {
	if o.PeekKind() == 'n' {
		return g, o.SkipValue()
	}
	return g, o.fields(func(name string) error {
		switch name {
		case "id":
			return o.into(&g.ID)
		case "name":
			return o.text(&g.Name)
		case "description":
			return o.text(&g.Description)
		case "logo":
			return o.text(&g.Logo)
		case "members":
			return o.count("id", &g.Members)
		case "guests":
			return o.count("email", &g.Guests)
		case "created_at":
			return o.time(&g.CreatedAt)
		case "last_updated":
			return o.time(&g.LastUpdated)
		}
		return o.SkipValue()
	})
}

// summaries reads a list of summaries, bare or as {"data": …}.
func (o oracle) summaries() (items []GroupSummary, err error) {
	list := func() error {
		items = nil
		if kind := o.PeekKind(); kind != '[' {
			raw, err := o.raw()
			if err == nil && kind != 'n' && (kind != '{' || !isEmptyObject(raw)) {
				err = errNotAList
			}
			return err
		}
		return o.list(func() error {
			g, err := o.summary()
			items = append(items, g)
			return err
		})
	}
	wrapped, empty, failure := false, true, flexBool{}
	if o.PeekKind() == '[' {
		err, wrapped = list(), true
	} else {
		err = o.fields(func(name string) error {
			empty = false
			switch name {
			case "data":
				wrapped = true
				return list()
			case "error":
				return o.into(&failure)
			}
			return o.SkipValue()
		})
	}
	if err == nil {
		err = o.end()
	}
	if err == nil && failure.value {
		err = errSaysFailure
	}
	if err == nil && !wrapped && !empty {
		err = errNotAList
	}
	return items, err
}

// FuzzScan reads the same bytes by both: what one refuses the other refuses, and where a value ends, and what it says, is the
// same.
func FuzzScan(f *testing.F) {
	seeds(f, scanSeeds()...)
	f.Fuzz(func(t *testing.T, data []byte) { agree(t, data) })
}

func agree(t *testing.T, data []byte) {
	t.Helper()
	in := newInput(data)
	defer in.release()
	o := newOracle(data)
	want, wantErr := o.raw()
	got, err := in.raw()
	require.Equal(t, wantErr == nil, err == nil, "%q: %v, want %v", data, err, wantErr)
	if err == nil {
		require.Equal(t, string(want), string(got), "%q", data)
		require.Equal(t, o.end() == nil, in.end() == nil, "%q", data)
	}
	if err == nil && want.Kind() == '"' {
		said, _ := jsontext.AppendUnquote(nil, want)
		in.at = 0
		text, err := in.text()
		require.NoError(t, err, "%q", data)
		require.Equal(t, string(said), text, "%q", data)
		in.at = 0
		moment, err := in.time()
		require.NoError(t, err, "%q", data)
		require.Equal(t, parseTime(string(said)), moment, "%q", data)
	}

	items, wantErr := newOracle(data).summaries()
	page, _, err := readList[GroupSummary](data)
	require.Equal(t, wantErr == nil, err == nil, "%q: %v, want %v", data, err, wantErr)
	if err == nil {
		require.Equal(t, len(items), len(page.Items), "%q", data)
		for i, want := range items {
			require.Equal(t, want, page.Items[i], "%q", data)
		}
	}
}
