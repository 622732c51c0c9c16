# What a live rule guards is changed by -Live alone, and all of it or none.
Set-Live
$guard = Edit-Script @{ "GuardField = 'X-Sigmilter-Handled'" = "GuardField = 'X-New'" }
$n = $Tenant.Log.Count
Invoke-Script 'another guard field' $guard @{ Create = $true } 1 'X-Sigmilter-Handled" -> "X-New'
Assert-That 'nothing was changed' ($Tenant.Log.Count -eq $n)
Invoke-Script 'with -Live' $guard @{ Create = $true; Live = $true } 0
Invoke-Script 'status' $guard @{} 0
Set-Live
foreach ($change in @{ "Relays = @('relay.contoso.com')" = "Relays = @('other.contoso.com')" }, @{ "TlsDomain = 'relay" = "TlsDomain = 'other" }, @{ "Certificate = 'relay.contoso.com'" = "Certificate = 'contoso.com'" }) {
    $n = $Tenant.Log.Count
    Invoke-Script 'where live mail goes' (Edit-Script $change) @{ Create = $true } 1 '-Live allows it'
    Assert-That 'nothing was changed' ($Tenant.Log.Count -eq $n)
}

# Switched off by hand: only the route.
(Find-Rule 'Sigmilter route').State = 'Disabled'
Invoke-Script 'it is told' $Script @{} 1 'route": switch on, as its skip rules are'
Invoke-Script 'not by -Create alone' $Script @{ Create = $true } 1 '-Live'
Assert-That 'no skip rule is switched off' (@($Tenant.Rules | Where-Object { $_.State -eq 'Enabled' }).Count -eq 8)
Invoke-Script 'with -Live' $Script @{ Create = $true; Live = $true } 0
Assert-That 'it is on' ((Find-Rule 'Sigmilter route').State -eq 'Enabled')
foreach ($rule in $Tenant.Rules) { $rule.State = 'Disabled' }
Invoke-Script 'all off is a pause' $Script @{} 0 'note: The routing rule is switched off'
Invoke-Script 'but not where it must be on' $Script @{ Live = $true } 1 'look: The routing rule is switched off'

# State that no setting of ours names.
foreach ($state in @('Inbound', 'AssociatedAcceptedDomains', @('contoso.de')), @('Inbound', 'RestrictDomainsToIPAddresses', $true), @('Outbound', 'TestMode', $true),
    @('Outbound', 'RecipientDomains', @('example.net')), @('Outbound', 'SenderRewritingEnabled', $true), @('Rules', 'ExpiryDate', [DateTime]'2020-01-01'), @('Rules', 'ActivationDate', [DateTime]'2036-01-01')) {
    Set-Live
    $Tenant[$state[0]][0] | Add-Member -NotePropertyName $state[1] -NotePropertyValue $state[2]
    Invoke-Script "$($state[1]) is told" $Script @{} 1 $state[1]
    Invoke-Script "$($state[1]) is mended" $Script @{ Create = $true } 0
    Invoke-Script 'status' $Script @{} 0
}
(Find-Rule 'Sigmilter skip signed mail') | Add-Member -NotePropertyName SubjectContainsWords -NotePropertyValue 'x'
Invoke-Script 'a further condition' $Script @{} 1 'skip signed mail" has further conditions, SubjectContainsWords'

# The routing code.
Set-Live
(Find-Rule 'Sigmilter route').SetHeaderValue = 'other'
Invoke-Script 'another code is not seen without the file' $Script @{} 0
Invoke-Script 'but with it' $Script @{ SecretFile = $Code } 1 'another code'
(Find-Rule 'Sigmilter route').SetHeaderValue = ''
Invoke-Script 'no code' $Script @{} 1 'sets no code'
(Find-Rule 'Sigmilter route').State = 'Disabled'
Invoke-Script 'is not switched on' $Script @{ Resume = $true } 1 'sets no code'
Assert-That 'it is off' ((Find-Rule 'Sigmilter route').State -eq 'Disabled')
