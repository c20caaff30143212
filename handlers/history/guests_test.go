package history_test

import (
	"bytes"
	"compress/gzip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/history"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

const lin = "lin@tyres.example.com"

func (d *desk) guest(id tallyfy.ID, address string) {
	d.guests[id] = tallyfy.Guest{ID: id, Email: address}
}

// of are the events about the guest.
func (d *desk) of(address string) []string {
	return d.all(history.Filter{Subject: journal.Subject{Kind: journal.Guest, ID: "x", Email: address}})
}

func TestGuestsOfGroupsAreToldByTheirAddresses(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB) {
		d := newDesk(t, open())
		d.move(finance, history.GuestKey("sam@tyres.example.com"), true)
		d.read()
		since, known, err := d.GuestsSince(t.Context(), org)
		require.NoError(t, err)
		assert.True(t, known && since.Equal(march))
		d.after(time.Hour)
		d.move(finance, history.GuestKey(lin), true)
		d.read()
		assert.Equal(t, []string{"joined " + lin + " Finance"}, d.of(" Lin@Tyres.example.com"), "whatever the letter case")
		assert.Empty(t, d.of("sam@tyres.example.com"), "the first reading is what later ones are compared with")
		assert.Equal(t, []string{"joined " + lin + " Finance"}, d.all(history.Filter{Subject: journal.Subject{Kind: journal.Group, ID: string(finance)}}))
		assert.Equal(t, history.In, d.at(finance, history.GuestKey(lin), d.now))
		assert.Equal(t, history.In, d.at(finance, history.GuestKey("sam@tyres.example.com"), march))
		roll, err := d.Day(t.Context(), org, finance, march, march.Add(24*time.Hour))
		require.NoError(t, err)
		assert.Equal(t, 3, roll.Count(history.In), "a member and two guests")
		assert.NotContains(t, d.atRest(), "tyres")

		// A change made here explains it.
		d.after(time.Hour)
		made := d.now
		d.after(time.Second)
		d.move(finance, history.GuestKey(lin), false)
		d.change(edit(finance, "", "guest "+lin), made, journal.Done)
		d.after(time.Hour)
		d.read()
		assert.Len(t, d.of(lin), 1)
		assert.Equal(t, history.Out, d.at(finance, history.GuestKey(lin), made.Add(time.Second)))
	})
}

// Ids are the key: somebody who is added again is a new guest.
func TestGuestsAreNewOrGoneByTheirIds(t *testing.T) {
	d := newDesk(t, memory(t))
	d.read()
	d.guest("a", "sam@tyres.example.com")
	d.readGuests()
	d.after(time.Hour)
	d.guest("b", lin)
	d.readGuests()
	assert.Equal(t, []string{"guest new " + lin}, d.all(history.Filter{}))
	d.after(time.Hour)
	removed := d.guests["b"]
	removed.DeletedAt = tallyfy.Time{Time: d.now}
	d.guests["b"] = removed // Tallyfy lists it on
	d.readGuests()
	d.after(time.Hour)
	d.guest("c", "LIN@tyres.example.com")
	d.readGuests()
	d.after(time.Hour)
	delete(d.guests, "b")
	d.readGuests()
	assert.Equal(t, []string{"guest new " + lin, "guest gone " + lin, "guest new " + lin}, d.of(lin))
	address, err := d.Address(t.Context(), org, "c")
	require.NoError(t, err)
	assert.Equal(t, lin, address)

	// What was done here is no event of elsewhere.
	subject := func(address string) []journal.Subject {
		return []journal.Subject{{Kind: journal.Guest, ID: "x", Name: address, Email: address}}
	}
	for kind, does := range map[string]func(){
		"guest.create": func() { d.guest("d", "kim@tyres.example.com") },
		"guest.remove": func() { delete(d.guests, "a") },
	} {
		before := len(d.all(history.Filter{}))
		d.after(time.Hour)
		does()
		address := "kim@tyres.example.com"
		if kind == "guest.remove" {
			address = "Sam@tyres.example.com"
		}
		d.change(journal.Intent{Kind: kind, Subjects: subject(address)}, d.now.Add(-time.Second), journal.Done)
		d.after(time.Hour)
		d.readGuests()
		assert.Len(t, d.all(history.Filter{}), before, kind)
	}
	// Who is put into a group becomes a guest.
	d.after(time.Hour)
	d.change(edit(finance, "guest eve@tyres.example.com", ""), d.now.Add(-time.Second), journal.Done)
	d.move(finance, history.GuestKey("eve@tyres.example.com"), true)
	d.guest("e", "eve@tyres.example.com")
	d.after(time.Hour)
	d.read()
	d.readGuests()
	assert.Empty(t, d.of("eve@tyres.example.com"))

	// So does who is in a group that is created.
	d.after(time.Hour)
	d.group(payroll, "Payroll")
	d.move(payroll, history.GuestKey("pat@tyres.example.com"), true)
	d.guest("f", "pat@tyres.example.com")
	d.change(journal.Intent{
		Kind: "group.create", Subjects: []journal.Subject{{Kind: journal.Group, ID: string(payroll), Name: "Payroll"}},
		Plan: journal.Plan{Facts: []byte(`{"Guests":["pat@tyres.example.com"]}`)},
	}, d.now.Add(-time.Second), journal.Done)
	d.after(time.Hour)
	d.read()
	d.readGuests()
	assert.Empty(t, d.of("pat@tyres.example.com"))
}

// Who was seen as a guest is known, whether they are one still or not.
func TestWhoWasSeenAsAGuest(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB) {
		d := newDesk(t, open())
		seen := func(address string) bool {
			t.Helper()
			of, err := d.GuestsSeen(t.Context(), org)
			require.NoError(t, err)
			return of(address)
		}
		assert.False(t, seen("bo@example.com"), "nothing was read")
		d.guest("9", "Bo@example.com")
		d.readGuests()
		assert.True(t, seen("bo@EXAMPLE.com"), "of the organisation")
		delete(d.guests, "9")
		d.after(time.Hour)
		d.readGuests()
		assert.True(t, seen("bo@example.com"), "and not any more")

		d.move(finance, history.GuestKey("cy@example.com"), true)
		d.read()
		assert.True(t, seen("cy@example.com"), "of a group")
		d.after(time.Hour)
		d.move(finance, history.GuestKey("cy@example.com"), false)
		d.read()
		assert.True(t, seen("cy@example.com"))
		assert.False(t, seen("1"), "a member")
		of, err := d.GuestsSeen(t.Context(), "another")
		require.NoError(t, err)
		assert.False(t, of("bo@example.com"))
	})
}

func TestErasingAGuestKeepsTheNumbers(t *testing.T) {
	d := newDesk(t, memory(t))
	d.guest("b", lin)
	d.move(finance, history.GuestKey(lin), true)
	d.read()
	d.readGuests()
	d.after(time.Hour)
	d.move(finance, history.GuestKey(lin), false)
	delete(d.guests, "b")
	d.read()
	d.readGuests()
	require.Len(t, d.of(lin), 2)
	require.NoError(t, d.Erase(t.Context(), org, history.GuestKey(lin), "entry"))
	assert.Empty(t, d.of(lin))
	roll, err := d.Roll(t.Context(), org, finance, march)
	require.NoError(t, err)
	assert.Equal(t, 2, roll.Count(history.In))
	for _, e := range d.all(history.Filter{}) {
		assert.NotContains(t, e, "tyres")
	}
	d.guest("b", lin)
	d.move(finance, history.GuestKey(lin), true)
	d.after(time.Hour)
	d.read()
	d.readGuests()
	assert.Empty(t, d.of(lin), "not taken up again")

	const eve = "eve@tyres.example.com"
	d.guest("c", eve)
	d.after(time.Hour)
	d.readGuests()
	require.Len(t, d.of(eve), 1)
	require.NoError(t, d.Erase(t.Context(), org, history.GuestKey(eve), "entry"))
	delete(d.guests, "c")
	d.after(time.Hour)
	d.readGuests()
	assert.Empty(t, d.of(eve), "the one who was listed until then is not gone")
}

// A state from before guests were kept tells nothing of them: they did not all join when the program was replaced.
func TestGuestsOfAnOlderStateAreNotNew(t *testing.T) {
	d := newDesk(t, memory(t))
	d.read()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write([]byte(`{"Groups":{"` + string(finance) + `":{"Name":"Finance","Members":["1"]}}}`))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	text, err := keysOf(t, "a secret").Seal("history state "+string(org)+" groups", packed.Bytes())
	require.NoError(t, err)
	_, err = d.db.Write(t.Context(), `UPDATE dashboard_history_readings SET state = $1 WHERE list = 'groups'`, text)
	require.NoError(t, err)
	d.open("a secret")
	d.after(time.Hour)
	d.change(edit(finance, "guest eve@tyres.example.com", ""), d.now.Add(-time.Second), journal.Done)
	d.move(finance, history.GuestKey("eve@tyres.example.com"), true)
	d.move(finance, history.GuestKey(lin), true)
	d.move(finance, "2", true)
	d.after(time.Minute)
	d.read()
	assert.Equal(t, []string{"joined Bo Finance"}, d.all(history.Filter{}))
	assert.Equal(t, history.NotKnown, d.at(finance, history.GuestKey(lin), march))
	first := d.now
	d.after(time.Hour)
	d.move(finance, history.GuestKey(lin), false)
	d.read()
	assert.Equal(t, []string{"left " + lin + " Finance"}, d.of(lin))
	assert.Equal(t, history.In, d.at(finance, history.GuestKey(lin), first))
	assert.Equal(t, history.NotKnown, d.at(finance, history.GuestKey(lin), march))
	since, known, err := d.GuestsSince(t.Context(), org)
	require.NoError(t, err)
	assert.True(t, known && since.Equal(first))
}
