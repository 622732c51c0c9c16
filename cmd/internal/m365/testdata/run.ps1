# Runs the script against the stand-in: run.ps1 SCRIPT RENAMED CODE-FILE CASE
# SCRIPT is that of tenant contoso, RENAMED that of the same one under another key and name.
param($Script, $Renamed, $Code, $Case)
Set-StrictMode -Version Latest
$WarningPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot 'standin.psm1') -DisableNameChecking

# Runs a script and checks its exit status, and what it prints.
function Invoke-Script {
    param($What, $Path, [hashtable] $With, $Status, $Says = '')
    $global:LASTEXITCODE = 0
    $text = (& $Path @With -Connected *>&1 | ForEach-Object { "$_" }) -join "`n"
    if ($LASTEXITCODE -ne $Status) { throw "$What`: exit status $LASTEXITCODE, want $Status`n$text" }
    if ($Says -and $text -notmatch $Says) { throw "$What`: does not say $Says`n$text" }
    if ($text -match 'wQ7s') { throw "$What`: the routing code is printed`n$text" }
}

# Writes the script of a changed configuration: its settings with something else in them.
function Edit-Script {
    param([hashtable] $Changes)
    $text = [IO.File]::ReadAllText($Script)
    foreach ($name in $Changes.Keys) {
        if (-not $text.Contains($name)) { throw "no setting $name" }
        $text = $text.Replace($name, $Changes[$name])
    }
    $path = Join-Path (Split-Path $Script) ([IO.Path]::GetRandomFileName() + '.ps1')
    [IO.File]::WriteAllText($path, $text, [Text.UTF8Encoding]::new($true))
    return $path
}

function Assert-That {
    param($What, $Holds)
    if (-not $Holds) { throw "not so: $What" }
}

function Get-Order { return (@($Tenant.Rules | ForEach-Object { $_.Name }) -join '|') }

function Find-Rule {
    param($Name)
    return ($Tenant.Rules | Where-Object { $_.Name -eq $Name })
}

# A tenant with everything made and switched on.
function Set-Live {
    Reset-Tenant
    $Tenant.People = @(
        [pscustomobject]@{ Name = 'pilots'; Alias = 'pil'; PrimarySmtpAddress = 'pilot@contoso.com'; RecipientTypeDetails = 'MailUniversalDistributionGroup' }
        [pscustomobject]@{ Name = 'room'; Alias = 'room'; PrimarySmtpAddress = 'room@contoso.com'; RecipientTypeDetails = 'RoomMailbox' }
        [pscustomobject]@{ Name = 'leftout'; Alias = 'leftout'; PrimarySmtpAddress = 'leftout@contoso.com'; RecipientTypeDetails = 'MailUniversalSecurityGroup' }
        [pscustomobject]@{ Name = 'closed'; Alias = 'closed'; PrimarySmtpAddress = 'closed@contoso.com'; RecipientTypeDetails = 'MailUniversalDistributionGroup'; RequireSenderAuthenticationEnabled = $true }
    )
    Invoke-Script 'create' $Script @{ Create = $true; SecretFile = $Code } 0 'Resume'
    Invoke-Script 'resume' $Script @{ Resume = $true } 0
}

& (Join-Path $PSScriptRoot ('cases/' + $Case + '.ps1'))
Write-Output 'all as wanted'
