"""Words for the ear: content becomes words as a person says them. Pure: it knows no carrier and no markup."""
