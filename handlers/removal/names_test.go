package removal_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/tallyfy"
)

// Two who look the same are told apart by their addresses, or their ids, in each line and on the button.
func TestWhoLooksTheSameIsToldApart(t *testing.T) {
	for leaver, heir := range map[string]string{
		"Ann Lee": "Ann\u00a0Lee", "Ann  Lee": "Ann Lee\u200b", "Andr\u00e9": "Andre\u0301", "O'Neil": "O\u2019Neil", "Ma\u00dfmann": "MASSMANN", "Ann": "\u0410nn", "\uff21nn": "Ann",
	} {
		p := aCase(person(idJane, leaver, at("one@example.com"), in(group("Payroll", idJane, idOmar)))).Plan(person(idOmar, heir, at("two@example.com")))
		for _, text := range append(texts(p), p.Button()) {
			for _, name := range []string{leaver, heir} {
				bare := strings.NewReplacer(name+" (one@example.com)", "", name+" (two@example.com)", "").Replace(text)
				assert.NotContains(t, bare, name, "%q", text)
			}
		}
		assert.Contains(t, p.Button(), "(one@example.com) and give the work to ")
	}
	p := aCase(person(idJane, "Ann Lee", at("ann@example.com"))).Plan(person(idOmar, "ann lee", at("ANN@example.com")))
	assert.Equal(t, "Remove Ann Lee (member 1) and give the work to ann lee (member 2)", p.Button())
	p = aCase(person(idJane, "André")).Plan(person(idOmar, "Andre"))
	assert.Equal(t, "Remove André and give the work to Andre", p.Button(), "an accent is seen")
}

// So are groups, and the one active member who stays and looks like the one who takes over.
func TestGroupsAndOthersThatLookTheSameAreToldApart(t *testing.T) {
	a, b := group("Ops", idJane), group("Ops\u200b", idJane)
	c := aCase(person(idJane, "Jane", in(a, b, group("Legal, Risk and Audit", idJane, idLena))), person(idLena, "Omar\u00a0Ali", at("lena@example.com")))
	p := c.Plan(person(idOmar, "Omar Ali", at("omar@example.com")))
	assert.Equal(t, "They leave 3 groups. | Ops (id-Ops) = Nobody | Ops\u200b (id-Ops\u200b) = Nobody | Legal, Risk and Audit = One active member: Omar\u00a0Ali (lena@example.com)", texts(p)[2])
}

// A name that is written from right to left, or that begins such a text, turns nothing but itself round.
func TestNamesStandInIsolates(t *testing.T) {
	jane := person(idJane, "Noa \u202eivel", in(group("Ops \u202egnp", idJane), group("צוות", idJane), group("12 Ops", idJane, idOmar)))
	p := aCase(jane).Plan(person(idOmar, "\u2067Sami"))
	assert.Equal(t, "Remove Noa ivel and give the work to Sami", p.Button())
	assert.Equal(t, "Nobody is left in Ops gnp. Tasks assigned to that group may reach nobody.", texts(p)[4])
	assert.Equal(t, "Nobody is left in \u2068צוות\u2069. Tasks assigned to that group may reach nobody.", texts(p)[5])
	p = aCase(person(idJane, "נועה", at("noa@example.com"))).Plan(person(idOmar, "سامي", at("sami@example.com")))
	assert.Equal(t, "Remove \u2068נועה\u2069 and give the work to \u2068سامي\u2069", p.Button())
	assert.Equal(t, "All their open tasks are reassigned to \u2068سامي\u2069 (sami@example.com). There are 5 now.", texts(p)[3])
}

// What shows nothing has a stand-in in each sentence.
func TestGroupsWithoutAVisibleNameStandByTheirIDs(t *testing.T) {
	a, b := tallyfy.Group{ID: "a1", Name: "\u200b", Members: tallyfy.UserIDs{idJane}}, tallyfy.Group{ID: "b2"}
	p := aCase(person(idJane, "\u2800", at("jane@example.com"), in(a, b))).Plan(nil)
	assert.Equal(t, "jane@example.com loses access to Aldermoor immediately.", texts(p)[0])
	assert.Equal(t, "They leave 2 groups. | Group a1 = Nobody | Group b2 = Nobody", texts(p)[2])
	assert.Equal(t, removal.Emptied, p.Lines[3].Kind)
	assert.Equal(t, "Nobody is left in Group a1. Tasks assigned to that group may reach nobody.", p.Lines[3].Text)
}
