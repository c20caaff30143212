package views

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestOrNone(t *testing.T) {
	assert.Equal(t, "none", orNone(""))
	assert.Equal(t, "x", orNone("x"))
}

func TestDocumentTitle(t *testing.T) {
	assert.Equal(t, "Sign in · Tallyfy admin", Page{Title: "Sign in"}.documentTitle())
	assert.Equal(t, "Groups · Acme · Tallyfy admin", Page{Title: "Groups", Account: &Account{Organisation: "Acme"}}.documentTitle())
	assert.Equal(t, "Groups · Tallyfy admin", Page{Title: "Groups", Account: &Account{}}.documentTitle())
}

func TestNoticeSaysItsKindInWords(t *testing.T) {
	for kind, want := range map[NoticeKind]string{NoticeDone: "Done.", NoticeWarning: "Please note.", NoticeProblem: "Problem.", NoticeInfo: ""} {
		assert.Equal(t, want, kind.word())
	}
}
