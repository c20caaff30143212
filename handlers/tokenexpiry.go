package handlers

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strings"
	"time"
)

// tokenEnd is when a token says that it ends: Tallyfy's are JWTs, whose payload anybody can read. The zero time is "not known".
// It is only ever shown: whether a token is still good is for Tallyfy to say.
func tokenEnd(token string) time.Time {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return time.Time{}
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return time.Time{}
	}
	var claims struct {
		Exp float64 `json:"exp"` // seconds; some issuers add a fraction
	}
	if json.Unmarshal(payload, &claims) != nil || claims.Exp <= 0 || claims.Exp > math.MaxInt32*10.0 {
		return time.Time{}
	}
	return time.Unix(int64(claims.Exp), 0)
}

// endIn is when a token ends that was given for that many seconds, as an authorisation answer says.
func endIn(seconds string, now time.Time) time.Time {
	d, err := time.ParseDuration(strings.TrimSpace(seconds) + "s")
	if err != nil || d <= 0 || d > 20*365*24*time.Hour {
		return time.Time{}
	}
	return now.Add(d)
}
