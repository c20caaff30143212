package bulk_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/tallyfy"
)

// does is what rows do, and whether they can, however the line stands in the file.
func does(rows []*bulk.Row) (list []bulk.Row) {
	for _, r := range rows {
		is := *r
		is.N, is.Line, is.Cells, is.Step, is.Warning = 0, 0, nil, 0, ""
		if is.Group.Name != "" && is.Group.ID == "" { // one that was chosen on the form is gone in other words
			is.Reason = ""
		}
		list = append(list, is)
	}
	return list
}

// Whatever of a plan was not done is the same plan when the file of it is given again, and once
// more.
func TestTheFileOfWhatWasNotDoneCanBeGivenAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	chosen := func(names ...string) func(*bulk.Wish) {
		return func(w *bulk.Wish) {
			for _, name := range names {
				w.Groups = append(w.Groups, tallyfy.ID(d.group(name).ID))
			}
		}
	}
	_, err := d.client.Groups.Create(t.Context(), d.org(), tallyfy.CreateGroupRequest{Name: "Gates; docks | quays", Description: "x", Members: []tallyfy.UserID{d.id("noor.vandermeer"), d.id("maren.dahl")}})
	require.NoError(t, err)
	const noor, kwame = "noor.vandermeer@example.com", "kwame.asante@example.com"
	for name, c := range map[string]struct {
		kind, text string
		wish       func(*bulk.Wish)
	}{
		"groups chosen":        {bulk.AddToGroups, noor + "\n" + kwame + "\nnobody@x.example", chosen("Payroll", "Legal")},
		"several a line":       {bulk.AddToGroups, noor + "; " + kwame + ", nobody@x.example\nyuki.tanabe@example.com", chosen("Payroll", "Legal")},
		"groups chosen, named": {bulk.AddToGroups, "Email,Groups\n" + noor + ",Legal\n", chosen("Payroll", "Quality")},
		"a group that is gone": {bulk.AddToGroups, "Email,Groups\n" + noor + ",Legal\n", func(w *bulk.Wish) {
			chosen("Payroll")(w)
			w.Groups = append(w.Groups, "0123456789abcdef0123456789abcdef")
		}},
		"groups named":       {bulk.AddToGroups, "Email;Groups;Reason\n" + noor + ";Legal | Nope | Payroll;ours\n", nil},
		"a name of three":    {bulk.RemoveFromGroups, noor, chosen("Gates; docks | quays")},
		"a successor chosen": {bulk.RemoveMembers, noor + "\nnobody@x.example\n" + kwame, func(w *bulk.Wish) { w.To = string(d.id("maren.dahl")) }},
		"a successor named":  {bulk.RemoveMembers, "Person,Successor,Result\n" + noor + ",Maren Dahl,ours\n" + kwame + ",nobody,\nyuki.tanabe@example.com,Nobody Here,", func(w *bulk.Wish) { w.To = string(d.id("maren.dahl")) }},
		"invitations":        {bulk.Invite, "Email,First name,Last name,Role\nada@new.example,Ada,Byron,\nbo@new.example,Bo,Ek,standard\nno,X,Y,\ncy@new.example,Cy,Ek,boss\n", func(w *bulk.Wish) { w.Role, w.Message = tallyfy.RoleLight, "Welcome,\nall." }},
		"messages":           {bulk.Invite, "Email,First name,Last name,Message\nada@new.example,Ada,Byron,\nbo@new.example,Bo,Ek,Hello.\n", func(w *bulk.Wish) { w.Role, w.Message = tallyfy.RoleLight, "Welcome." }},
		"roles chosen":       {bulk.ChangeRole, noor + "\nyuki.tanabe@example.com\nnobody@x.example", func(w *bulk.Wish) { w.Role, w.Reason = tallyfy.RoleAdmin, "Runs the office." }},
		"roles named":        {bulk.ChangeRole, "Email,Role,reason\n" + noor + ",Standard,\nyuki.tanabe@example.com,admin,Runs it.\n" + kwame + ",boss,", func(w *bulk.Wish) { w.Role, w.Reason = tallyfy.RoleAdmin, "Is new." }},
		"reasons named":      {bulk.ChangeRole, "Email,Role,Reason\nyuki.tanabe@example.com,admin,\n", nil},
		"people chosen":      {bulk.Disable, "id\n" + string(d.id("noor.vandermeer")) + "\n" + string(d.id("maren.dahl")) + "\n0123456789", nil},
		"disabling":          {bulk.Disable, noor + "\nmaren.dahl@example.com", nil},
		"enabling":           {bulk.Enable, "Email,Why not,Reason\ngareth.pugh@example.com,ours,ours", nil},
		"new groups":         {bulk.CreateGroups, "Name,Description,Members\nDepot,Of the depot.,Chiara D'Angelo\nPayroll,x,\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if c.wish == nil {
				c.wish = func(*bulk.Wish) {}
			}
			k := bulk.KindOf(c.kind)
			sheet, problems := bulk.ReadText(c.text, k)
			require.Empty(t, problems)
			own, w := sheet.Header, bulk.Wish{Kind: k, Sheet: sheet}
			c.wish(&w)
			rows := d.organisation().Plan(w).Rows
			want := does(rows)
			for range 2 {
				for _, r := range rows {
					if r.State == bulk.Waiting {
						r.State, r.Reason = bulk.Failed, "Tallyfy could not be reached."
					}
				}
				columns, lines := bulk.FailedFile(&bulk.Job{Kind: k, Spec: bulk.Spec{Header: w.Sheet.Header}}, rows)
				assert.Equal(t, []string{"Result", "Why not"}, columns[len(columns)-2:])
				for i, column := range own {
					assert.Equal(t, column, columns[i], "the columns that were given are there")
				}
				var file strings.Builder
				require.NoError(t, csv.NewWriter(&file).WriteAll(append([][]string{columns}, lines...)))
				w = bulk.Wish{Kind: k}
				w.Sheet, problems = bulk.ReadFile([]byte(file.String()), k)
				require.Empty(t, problems, file.String())
				rows = d.organisation().Plan(w).Rows
				assert.Equal(t, want, does(rows), file.String())
			}
		})
	}
}

// Whom ids mean that were chosen on a list is told beside them.
func TestPeopleChosenAreNamedInTheFile(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	noor := d.id("noor.vandermeer")
	w := bulk.Wish{Kind: bulk.KindOf(bulk.Disable), Sheet: bulk.Chosen([]string{string(noor), "0123456789"})}
	columns, lines := bulk.FailedFile(&bulk.Job{Kind: w.Kind, Spec: bulk.Spec{Header: w.Sheet.Header}}, d.organisation().Plan(w).Rows)
	assert.Equal(t, []string{"id", "name", "Result", "Why not"}, columns)
	assert.Equal(t, []string{string(noor), "Noor van der Meer"}, lines[0][:2])
	assert.Equal(t, []string{"0123456789", ""}, lines[1][:2])
}
