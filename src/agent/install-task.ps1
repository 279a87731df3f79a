# Run as administrator. Installs settings-task.ps1, or its newer version, as a scheduled task of SYSTEM, and runs it once.
$ErrorActionPreference = 'Stop'
$Folder = "$env:ProgramFiles\Second Tuesday" # only administrators write there
New-Item $Folder -ItemType Directory -Force | Out-Null
Copy-Item "$PSScriptRoot\settings-task.ps1" $Folder -Force
& "$Folder\settings-task.ps1" -Service $WUServer -Now
$task = @"
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>Second Tuesday: pulls this server's Windows Update settings, starts scans, reports.</Description></RegistrationInfo>
  <Triggers>
    <TimeTrigger>
      <Repetition><Interval>PT15M</Interval></Repetition>
      <StartBoundary>2024-01-01T00:00:00</StartBoundary>
    </TimeTrigger>
    <BootTrigger><Delay>PT1M</Delay></BootTrigger>
  </Triggers>
  <Principals><Principal id="System"><UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel></Principal></Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT10M</ExecutionTimeLimit>
  </Settings>
  <Actions Context="System">
    <Exec>
      <Command>%SystemRoot%\System32\WindowsPowerShell\v1.0\powershell.exe</Command>
      <Arguments>-NoProfile -NonInteractive -ExecutionPolicy Bypass -File "$Folder\settings-task.ps1"</Arguments>
    </Exec>
  </Actions>
</Task>
"@
Register-ScheduledTask -TaskName 'Second Tuesday settings' -Xml $task -Force | Out-Null
Write-Output 'The scheduled task "Second Tuesday settings" is installed.'
