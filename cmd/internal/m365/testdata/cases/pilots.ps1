Set-Live
Invoke-Script 'a pilot, live' $Script @{ Create = $true; PilotGroup = 'pil'; Live = $true } 0
Assert-That 'all rules are for the pilot' (@($Tenant.Rules | Where-Object { "$($_.FromMemberOf)" -ne 'pilot@contoso.com' }).Count -eq 0)
$n = $Tenant.Log.Count
foreach ($name in 'pilots', 'pilot@contoso.com') { Invoke-Script "the same group as $name" $Script @{ Create = $true; PilotGroup = $name } 0 'All is as wanted' }
Assert-That 'nothing was changed' ($Tenant.Log.Count -eq $n)
Invoke-Script 'everyone needs -Live' $Script @{ Create = $true; Everyone = $true } 1
Assert-That 'no rule is for others than the rest' (@($Tenant.Rules | Where-Object { -not $_.FromMemberOf }).Count -eq 0)
Invoke-Script 'everyone' $Script @{ Create = $true; Everyone = $true; Live = $true } 0
Assert-That 'no rule is limited' (@($Tenant.Rules | Where-Object { $_.FromMemberOf }).Count -eq 0)


# A group that is none is refused before anything is made.
$Tenant.People += [pscustomobject]@{ Name = 'alice'; Alias = 'alice'; PrimarySmtpAddress = 'alice@contoso.com'; RecipientTypeDetails = 'UserMailbox' }
$Tenant.People += [pscustomobject]@{ Name = 'all'; Alias = 'all'; PrimarySmtpAddress = 'all@contoso.com'; RecipientTypeDetails = 'DynamicDistributionGroup' }
foreach ($name in 'one', 'two') { $Tenant.People += [pscustomobject]@{ Name = $name; Alias = $name; DisplayName = 'Sales'; PrimarySmtpAddress = "$name@contoso.com"; RecipientTypeDetails = 'MailUniversalSecurityGroup' } }
$n = $Tenant.Log.Count
foreach ($group in @('', 'is empty'), @('nobody', 'nobody" is not there'), @('alice', 'is a UserMailbox'), @('all', 'is a DynamicDistributionGroup'), @('Sales', 'one@contoso.com, two@contoso.com')) {
    Invoke-Script "a pilot of '$($group[0])'" $Script @{ Create = $true; PilotGroup = $group[0]; Live = $true } 1 $group[1]
}
Assert-That 'nothing was changed' ($Tenant.Log.Count -eq $n)
Invoke-Script 'a pilot' $Script @{ Create = $true; PilotGroup = 'pil'; Live = $true } 0
$Tenant.People = @($Tenant.People | Where-Object { $_.Name -ne 'pilots' })
Invoke-Script 'its group is deleted' $Script @{} 1 'pilot@contoso.com, which is no group'

Set-Live
Invoke-Script 'status lists who must not get it' $Script @{} 0 'closed@contoso.com, room@contoso.com'
Invoke-Script 'exclude' $Script @{ Create = $true; Exclude = $true; Live = $true } 0
(Find-Rule 'Sigmilter route').ExceptIfSentTo += 'by-hand@contoso.com'
$Tenant.People += [pscustomobject]@{ Name = 'beamer'; Alias = 'b'; PrimarySmtpAddress = 'beamer@contoso.com'; RecipientTypeDetails = 'EquipmentMailbox' }
Invoke-Script 'a new one is told' $Script @{} 1 'beamer'
Invoke-Script 'and added' $Script @{ Create = $true; Live = $true } 0
Assert-That 'all are left out' (((Find-Rule 'Sigmilter route').ExceptIfSentTo -join ' ') -eq 'beamer@contoso.com by-hand@contoso.com closed@contoso.com room@contoso.com')
Invoke-Script 'no rich text' $Script @{ Create = $true; NoRichText = $true } 0
Assert-That 'TNEF is off' (-not $Tenant.Rich)
Assert-That '-PassThru returns objects' (@(& $Script -Connected -PassThru | Where-Object { $_ -is [string] }).Count -eq 0)
