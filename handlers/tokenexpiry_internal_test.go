package handlers

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func jwt(payload string) string {
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".c2ln"
}

func TestTheEndOfATokenIsReadWhereItSaysOne(t *testing.T) {
	for token, want := range map[string]int64{
		jwt(`{"exp":1800000000}`): 1800000000, jwt(`{"sub":"1","exp":1800000000.75}`): 1800000000,
		jwt(`{"exp":0}`): 0, jwt(`{"exp":-5}`): 0, jwt(`{"exp":1e300}`): 0, jwt(`{"exp":"soon"}`): 0, jwt(`{}`): 0, jwt(`[]`): 0,
		"sandbox-admin": 0, "a.b": 0, "a.!.c": 0, "": 0, "..": 0, jwt(`{"exp":1800000000}`) + ".x": 0,
	} {
		got := tokenEnd(token)
		if want == 0 {
			assert.True(t, got.IsZero(), token)
		} else {
			assert.Equal(t, want, got.Unix(), token)
		}
	}
}

func TestTheEndOfAnAnswersToken(t *testing.T) {
	now := time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	assert.Equal(t, now.Add(15778800*time.Second), endIn(" 15778800 ", now))
	for _, text := range []string{"", "0", "-1", "x", "1h", "99999999999999999999", "1e9", "NaN"} {
		assert.True(t, endIn(text, now).IsZero(), text)
	}
}

func FuzzTokenEnd(f *testing.F) {
	for _, s := range []string{"", "a.b.c", jwt(`{"exp":1800000000}`), jwt(`{"exp":1e18}`), jwt(`{"exp":-1}`), jwt("\xff")} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, token string) {
		end := tokenEnd(token)
		if !end.IsZero() && (end.Year() < 1970 || end.Year() > 9999) {
			t.Fatalf("%q ends in %s, which no page can show", token, end)
		}
		now := time.Now()
		if end := endIn(token, now); !end.IsZero() && end.Before(now) {
			t.Fatalf("%q has ended before it began", token)
		}
	})
}
