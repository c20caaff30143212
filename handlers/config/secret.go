package config

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted stands wherever a Secret would be written.
const redacted = "[redacted]"

// Secret is text that may hold a password. Printing, logging and encoding it give a placeholder; string(s) is the only way
// to the text. An empty Secret prints as nothing, so that a missing value can be told from a hidden one.
type Secret string

// String returns the placeholder.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString returns the placeholder, for %#v.
func (s Secret) GoString() string { return s.String() }

// Format writes the placeholder whatever the verb: without it fmt shows the text itself for a verb that does not fit
// a string, such as %d.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue returns the placeholder, for log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText returns the placeholder, for encoding/json and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
